import { makeZip, predictLength } from 'client-zip';
import { MANIFEST_FILE, type ModelManifest } from '../core/models/manifest.ts';
import { placeOf } from '../core/onnx/external.ts';
import { fault, FaultError } from '../core/fault.ts';
import { putChunk, withBucket } from './chunks.ts';
import type { Store } from './db.ts';
import { sha256 } from './hash.ts';
import { chooseFiles, model, modelSource, type ModelFileInput } from './models.ts';
import type { KeptModel } from './model-rows.ts';
import type { LostPart, Verification } from './verify.ts';

/* Models out of the store, as folders and zips, and lost parts back into it. */

/** What goes with an exported model, so that the next machine can tell that it arrived whole. */
function manifestOf(kept: KeptModel): ModelManifest {
  const { repository, revision, hub } = kept.source;
  const files = kept.files.map(({ path, size, sha256: hash }) => ({ path, size, sha256: hash }));
  return { format: 'lookalike-model/1', name: kept.name, repository, revision, hub, files };
}

async function filesOut(store: Store, id: string): Promise<{ kept: KeptModel; files: readonly ModelFileInput[] }> {
  const [kept, source] = [await model(store, id), await modelSource(store, id)];
  if (!kept || source.kind !== 'blobs')
    throw new FaultError(fault('not-found', `The model ${id} is not kept on this device.`, { model: id }));
  const manifest = new Blob([JSON.stringify(manifestOf(kept), null, 1)], { type: 'application/json' });
  const files = source.files.map((f) => ({ path: placeOf(f.path), blob: new Blob([...f.parts]) }));
  return { kept, files: [...files, { path: MANIFEST_FILE, blob: manifest }] };
}

/** The last part of a model's name: what its folder is called. */
export const folderName = (kept: Pick<KeptModel, 'name'>): string => kept.name.split('/').at(-1) ?? kept.name;

/**
 * A kept model as a zip, stored without compression (weights do not compress), streamed: its body may be written to a file or saved as a Blob.
 * content-length is exact.
 */
export async function exportZip(store: Store, id: string): Promise<Response> {
  const { kept, files } = await filesOut(store, id);
  const lastModified = new Date(kept.addedAt);
  const names = files.map((f) => ({
    name: `${folderName(kept)}/${f.path}`,
    size: f.blob.size,
    lastModified,
    blob: f.blob,
  }));
  const entries = names.map(({ blob, ...meta }) => ({ ...meta, input: blob.stream() }));
  return new Response(makeZip(entries), {
    headers: { 'Content-Type': 'application/zip', 'Content-Length': String(predictLength(names)) },
  });
}

/** Writes a kept model into a folder that the user picked, each file under the model's own name there. */
export async function exportTo(
  store: Store,
  id: string,
  folder: FileSystemDirectoryHandle,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const { kept, files } = await filesOut(store, id);
  const root = await folder.getDirectoryHandle(folderName(kept), { create: true });
  let done = 0;
  for (const { path, blob } of files) {
    const names = path.split('/');
    let at = root;
    for (const name of names.slice(0, -1)) at = await at.getDirectoryHandle(name, { create: true });
    const file = await at.getFileHandle(names.at(-1) ?? path, { create: true });
    try {
      await blob.stream().pipeTo(await file.createWritable());
    } catch (error) {
      throw new FaultError(
        fault(
          'storage',
          `${path} could not be written to the folder. See that the disk has room and is connected, and export again.`,
          {
            path,
            detail: error instanceof Error ? error.message : String(error),
          },
        ),
      );
    }
    done += blob.size;
    onProgress?.(done, kept.bytes);
  }
}

/**
 * Puts lost parts back from a folder or zip that holds the same model. A part is stored only when it has its hash.
 * @returns the parts that are still lost
 */
export async function repairFromFiles(
  store: Store,
  verification: Verification,
  files: readonly ModelFileInput[],
): Promise<readonly LostPart[]> {
  const { model: kept, lost } = verification;
  const given = new Map((await chooseFiles(files)).map((f) => [f.path, f.blob]));
  const still: LostPart[] = [];
  await withBucket(kept.bucket, async () => {
    for (const part of lost) {
      const parts = kept.files.find((f) => f.path === part.path)?.parts ?? [];
      const start = parts.slice(0, part.index).reduce((n, p) => n + p.size, 0);
      const due = parts[part.index];
      const bytes = await given
        .get(part.path)
        ?.slice(start, start + (due?.size ?? 0))
        .arrayBuffer();
      if (!due || !bytes || (await sha256(bytes)) !== due.sha256) still.push(part);
      else await putChunk(store, kept.bucket, part.path, part.index, new Blob([bytes]));
    }
  });
  return still;
}
