import { fault, FaultError } from '../core/fault.ts';
import { fileUrl } from '../core/models/hub/listing.ts';
import { partRange } from '../core/models/hub/ranges.ts';
import { putChunk, withBucket } from '../store/chunks.ts';
import type { Store } from '../store/db.ts';
import { sha256 } from '../store/hash.ts';
import type { KeptModel } from '../store/model-rows.ts';
import type { LostPart, Verification } from '../store/verify.ts';
import { altered } from './api.ts';
import { fetchRange, fetchWhole, NoRanges } from './body.ts';
import { createHub, type Hub } from './client.ts';

export interface RepairOptions {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Fetches the lost parts of a kept model again from the commit it came from, and nothing else. Each is stored only when it has its hash.
 * @param verification what `verifyModel` found
 * @throws FaultError 'bad-model' for a model that came from no hub; otherwise as a download
 */
export async function repairFromHub(
  store: Store,
  hub: Hub,
  verification: Verification,
  options: RepairOptions = {},
): Promise<void> {
  const { model, lost } = verification;
  const { repository, revision } = model.source;
  if (repository === null || revision === null)
    throw new FaultError(
      fault(
        'bad-model',
        `The model ${model.name} was not downloaded, so its lost parts must be brought from its folder.`,
      ),
    );
  const from = createHub({ ...hub, address: model.source.hub ?? hub.address });
  const paths = new Set(lost.map((part) => part.path));
  let done = 0;
  await withBucket(model.bucket, async () => {
    for (const path of paths) {
      const parts = lost.filter((part) => part.path === path);
      const url = fileUrl(from.address, repository, revision, path);
      await repairFile(store, from, model, { url, repository, path }, parts, options, () =>
        options.onProgress?.(++done, lost.length),
      );
    }
  });
}

async function repairFile(
  store: Store,
  hub: Hub,
  model: KeptModel,
  file: { url: string; repository: string; path: string },
  lost: readonly LostPart[],
  options: RepairOptions,
  repaired: () => void,
): Promise<void> {
  const kept = model.files.find((f) => f.path === file.path);
  if (!kept) return;
  const partBytes = kept.parts[0]?.size ?? 1;
  const common = { ...file, size: kept.size, signal: options.signal };
  const put = async (index: number, blob: Blob): Promise<void> => {
    if ((await sha256(await blob.arrayBuffer())) !== kept.parts[index]?.sha256) throw altered(file.path);
    await putChunk(store, model.bucket, file.path, index, blob);
    repaired();
  };
  try {
    for (const { index } of lost)
      await put(index, await fetchRange(hub, { ...common, ...partRange(kept.size, partBytes, index) }));
  } catch (error) {
    if (!(error instanceof NoRanges)) throw error;
    await fetchWhole(hub, { ...common, partBytes }, new Set(lost.map((part) => part.index)), put);
  }
}
