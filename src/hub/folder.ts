import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createHash } from 'node:crypto';
import { isRepository } from '../core/models/catalogue.ts';
import { MANIFEST_FILE, readManifest, type ModelManifest } from '../core/models/manifest.ts';
import { fault, FaultError, orThrow } from '../core/fault.ts';
import { fileUrl, readHubAddress, type HubFile } from '../core/models/hub/listing.ts';
import { chooseFiles } from '../core/models/hub/model.ts';
import { altered } from './api.ts';
import { fetchRange, fetchWhole, NoRanges } from './body.ts';
import { createHub, stopped, type Hub } from './client.ts';
import { inspectModel } from './inspect.ts';

/* The hub for the command line: Node only, files on disk instead of the browser's store. */

export interface FolderRequest {
  readonly repository: string;
  readonly revision: string;
  readonly dtype: string | Readonly<Record<string, string>>;
  readonly dir: string;
  readonly address: string;
  readonly token: string | null;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (p: { path: string; done: number; total: number; waiting: string | null }) => void;
  readonly hub?: Partial<Hub>;
}

const PART = 32 * 1024 * 1024;
/** Parts asked for at a time; they are written in order. */
const AHEAD = 3;

/**
 * Fetches a model into a folder in the transformers.js layout. Files that are there already are checked and kept; one that was cut off goes on
 * where it was; what is written under its own name has the hash that the hub publishes.
 * @throws FaultError
 */
export async function fetchToFolder(request: FolderRequest): Promise<{ commit: string }> {
  if (!isRepository(request.repository))
    throw new FaultError(fault('bad-argument', `"${request.repository}" is not a hub id. Write it as owner/name.`));
  const address = orThrow(readHubAddress(request.address));
  const hub = createHub({ address, token: request.token, ...request.hub });
  const trying = { signal: request.signal };
  const model = await inspectModel(hub, request.repository, request.revision, trying);
  // A run on another device may want another dtype for what is left open; WebGPU with f16 is not assumed here.
  const { files, bytes: total } = orThrow(chooseFiles(model, request.dtype, { kind: 'wasm', half: false }));
  const sums: { path: string; size: number; sha256: string }[] = [];
  let before = 0;
  for (const file of files) {
    const tell = (done: number, waiting: string | null = null): void =>
      request.onProgress?.({ path: file.path, done: before + done, total, waiting });
    tell(0);
    const sha256 = await fetchFile(hub, request, model.commit, file, tell);
    sums.push({ path: file.path, size: file.size, sha256 });
    before += file.size;
    tell(0);
  }
  const manifest: ModelManifest = {
    format: 'lookalike-model/1',
    name: request.repository,
    repository: request.repository,
    revision: model.commit,
    hub: hub.address,
    files: sums,
  };
  await writeFile(join(request.dir, MANIFEST_FILE), `${JSON.stringify(manifest, null, 1)}\n`);
  return { commit: model.commit };
}

/**
 * The manifest of a folder fetched earlier, when every file in it still has its hash; null otherwise. For work without a network.
 */
export async function wholeFolder(dir: string): Promise<ModelManifest | null> {
  const text = await readFile(join(dir, MANIFEST_FILE), 'utf8').catch(() => null);
  if (text === null) return null;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const manifest = readManifest(json);
  if (!manifest.ok) return null;
  for (const file of manifest.value.files)
    if ((await sha256Of(join(dir, file.path)).catch(() => '')) !== file.sha256) return null;
  return manifest.value;
}

async function sha256Of(path: string): Promise<string> {
  const sha256 = createHash('sha256');
  for await (const bytes of createReadStream(path)) sha256.update(bytes as Buffer);
  return sha256.digest('hex');
}

/** One file, whole and verified under its own name; its SHA-256. */
async function fetchFile(
  hub: Hub,
  request: FolderRequest,
  commit: string,
  file: HubFile,
  tell: (done: number, waiting?: string | null) => void,
): Promise<string> {
  const target = join(request.dir, file.path);
  const partial = `${target}.partial`;
  await mkdir(dirname(target), { recursive: true });
  const there = await checkFile(target, file);
  if (there !== null) return there;
  // Twice from the start at most: bytes that are altered again are altered on purpose.
  for (let tries = 0; tries < 3; tries++) {
    await fill(hub, request, commit, file, partial, tell);
    const sha256 = await checkFile(partial, file);
    if (sha256 !== null) {
      await rename(partial, target);
      return sha256;
    }
    await rm(partial, { force: true });
  }
  throw altered(file.path);
}

/** The SHA-256 of a file on disk when it is what the hub publishes; else null. */
async function checkFile(path: string, file: HubFile): Promise<string | null> {
  const info = await stat(path).catch(() => null);
  if (info?.size !== file.size) return null;
  const digest = await sha256Of(path);
  if (file.sha256 !== null) return digest === file.sha256 ? digest : null;
  const git = createHash('sha1')
    .update(`blob ${file.size}\0`)
    .update(await readFile(path))
    .digest('hex');
  return git === file.gitOid ? digest : null;
}

/** Appends to the partial file until it has the file's length. */
async function fill(
  hub: Hub,
  request: FolderRequest,
  commit: string,
  file: HubFile,
  partial: string,
  tell: (done: number, waiting?: string | null) => void,
): Promise<void> {
  const handle = await open(partial, 'a');
  try {
    let done = Math.min(file.size, (await handle.stat()).size);
    const common = {
      url: fileUrl(hub.address, request.repository, commit, file.path),
      repository: request.repository,
      path: file.path,
      size: file.size,
      signal: request.signal,
      onWait: (words: string) => tell(done, words),
    };
    const append = async (blob: Blob): Promise<void> => {
      await handle.appendFile(new Uint8Array(await blob.arrayBuffer()));
      done += blob.size;
      tell(done);
    };
    try {
      while (done < file.size) {
        if (request.signal?.aborted) throw stopped();
        const starts = Array.from({ length: AHEAD }, (_, i) => done + i * PART).filter((s) => s < file.size);
        const parts = starts.map((start) =>
          fetchRange(hub, { ...common, start, end: Math.min(file.size, start + PART) }),
        );
        // A part that fails while an earlier one is awaited is heard of when its turn comes.
        for (const part of parts) part.catch(() => undefined);
        for (const part of parts) await append(await part);
      }
    } catch (error) {
      if (!(error instanceof NoRanges)) throw error;
      await handle.truncate(0);
      done = 0;
      const count = Math.max(1, Math.ceil(file.size / PART));
      const wanted = new Set(Array.from({ length: count }, (_, i) => i));
      await fetchWhole(hub, { ...common, partBytes: PART }, wanted, (_, blob) => append(blob));
    }
  } finally {
    await handle.close();
  }
}
