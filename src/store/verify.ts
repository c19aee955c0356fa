import { fault, FaultError } from '../core/fault.ts';
import type { ModelSource } from '../protocol/model.ts';
import { chunk } from './chunks.ts';
import { transact, type Store } from './db.ts';
import { sha256 } from './hash.ts';
import { lostParts, model, modelSource, type Progress } from './models.ts';
import type { KeptModel } from './model-rows.ts';

export interface LostPart {
  readonly path: string;
  readonly index: number;
  readonly reason: 'missing' | 'damaged';
}

export interface Verification {
  readonly model: KeptModel;
  /** Parts that are not there, cannot be read, or do not have their hash. Empty: the model is what it was. */
  readonly lost: readonly LostPart[];
}

export interface VerifyOptions {
  readonly onProgress?: (p: Progress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Reads every byte of a kept model and compares each part with its hash. Two parts in memory at most.
 * @throws FaultError 'not-found', 'stopped'
 */
export async function verifyModel(store: Store, id: string, options: VerifyOptions = {}): Promise<Verification> {
  const kept = await model(store, id);
  if (!kept) throw new FaultError(fault('not-found', `The model ${id} is not kept on this device.`, { model: id }));
  const due = kept.files.flatMap((f) => f.parts.map((part, index) => ({ path: f.path, index, ...part })));
  const lost: LostPart[] = [];
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let part = due[next++]; part; part = due[next++]) {
      if (options.signal?.aborted) throw new FaultError(fault('stopped', 'Checking the model was stopped.'));
      const reason = await checkPart(store, kept.bucket, part);
      if (reason) lost.push({ path: part.path, index: part.index, reason });
      done += part.size;
      options.onProgress?.({ path: part.path, done, total: kept.bytes });
    }
  };
  await Promise.all([lane(), lane()]);
  if (lost.length === 0) await noteVerified(store, id);
  return { model: kept, lost: lost.sort((a, b) => a.path.localeCompare(b.path) || a.index - b.index) };
}

async function checkPart(
  store: Store,
  bucket: string,
  part: { path: string; index: number; size: number; sha256: string },
): Promise<LostPart['reason'] | null> {
  const blob = await chunk(store, bucket, part.path, part.index);
  if (blob === null) return 'missing';
  if (blob.size !== part.size) return 'damaged';
  try {
    return (await sha256(await blob.arrayBuffer())) === part.sha256 ? null : 'damaged';
  } catch {
    return 'missing'; // NotReadableError: the browser lost the bytes behind the handle
  }
}

async function noteVerified(store: Store, id: string): Promise<void> {
  await transact(store, 'noting the check', ['models'], 'relaxed', async (tx) => {
    const row = await tx.objectStore('models').get(id);
    if (row) await tx.objectStore('models').put({ ...row, verifiedAt: new Date().toISOString() });
  });
}

/**
 * A model's files at once, and the check of all its bytes going on beside: load with `source`, and await `checked` before believing a score.
 * `checked` rejects with a FaultError 'bad-model' that names the damaged parts.
 */
export async function openModel(
  store: Store,
  id: string,
  options: VerifyOptions = {},
): Promise<{ source: ModelSource; checked: Promise<void> }> {
  const source = await modelSource(store, id);
  const checked = verifyModel(store, id, options).then(({ model: kept, lost }) => {
    if (lost.length > 0)
      throw new FaultError(
        lostParts(
          kept,
          lost.map((l) => `${l.path} part ${l.index + 1}`),
        ),
      );
  });
  checked.catch(() => undefined); // whoever awaits it hears of it; a caller that failed earlier need not
  return { source, checked };
}
