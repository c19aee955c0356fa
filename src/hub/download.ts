import { sessionOf, dtypesIn } from '../core/models/folder.ts';
import { fault, FaultError } from '../core/fault.ts';
import { fileUrl, type HubFile } from '../core/models/hub/listing.ts';
import { partRange } from '../core/models/hub/ranges.ts';
import { chunk, deleteBucket, newBucket, PART_BYTES, requireRoom, withBucket } from '../store/chunks.ts';
import type { Store } from '../store/db.ts';
import { deleteDownload, download, partsThere, putDownload } from '../store/downloads.ts';
import { sha256 } from '../store/hash.ts';
import { webLocks } from '../store/locks.ts';
import { withHasher } from '../store/hasher.ts';
import { modelTypeOf, writeManifest } from '../store/models.ts';
import type { DownloadRow, KeptFile, KeptModel } from '../store/model-rows.ts';
import { fetchRange, fetchWhole, NoRanges } from './body.ts';
import { stopped, type Hub } from './client.ts';
import { Ledger } from './ledger.ts';

export interface DownloadProgress {
  /** Bytes that have arrived (in parts that are kept, and in parts on their way). */
  readonly done: number;
  readonly total: number;
  /** Bytes whose hash has been taken. */
  readonly checked: number;
  /** Why it waits, in a sentence; null while bytes come. */
  readonly waiting: string | null;
}

export interface DownloadOptions {
  readonly onProgress?: (p: DownloadProgress) => void;
  /** Aborting pauses: what has arrived is kept, and the next run goes on from there. */
  readonly signal?: AbortSignal;
  /** Requests at a time. Two: a crash then loses at most two parts. */
  readonly lanes?: number;
}

export interface DownloadPlan {
  readonly repository: string;
  /** Commit. */
  readonly revision: string;
  readonly files: readonly HubFile[];
  readonly partBytes?: number;
}

/**
 * Notes a download, so that it survives the page; nothing is fetched yet. The same files of the same commit are the same download.
 * @throws FaultError 'storage-full' when the browser has no room for it
 */
export async function planDownload(store: Store, hub: Hub, plan: DownloadPlan): Promise<DownloadRow> {
  const what = plan.files.map((f) => `${f.path} ${f.sha256 ?? f.gitOid}`).sort();
  const key = [hub.address, plan.repository, plan.revision, ...what].join('\n');
  const id = `${plan.repository}@${(await sha256(new TextEncoder().encode(key))).slice(0, 12)}`;
  const before = await download(store, id);
  if (before) return before;
  const total = plan.files.reduce((n, f) => n + f.size, 0);
  await requireRoom(total, `The model ${plan.repository}`);
  const { repository, revision } = plan;
  const row: DownloadRow = {
    id,
    hub: hub.address,
    repository,
    revision,
    bucket: newBucket(),
    createdAt: new Date().toISOString(),
    partSize: plan.partBytes ?? PART_BYTES,
    files: byUse(plan.files).map(({ path, size, sha256, gitOid }) => ({ path, size, sha256, gitOid })),
    paused: false,
  };
  await putDownload(store, row);
  return row;
}

/** Small files first: what is wrong with a model (gated, no tokenizer) shows before the large ones. */
function byUse(files: readonly HubFile[]): readonly HubFile[] {
  const large = (f: HubFile): number => (sessionOf(f.path) || f.path.includes('.onnx_data') ? 1 : 0);
  return [...files].sort((a, b) => large(a) - large(b) || a.size - b.size);
}

/**
 * Runs a noted download to its end, from wherever it was left. Every file is checked against the hash published at its commit before the
 * model is listed as kept.
 * @throws FaultError 'stopped' (paused), 'network', 'storage-full', 'storage' (running in another tab)
 */
export async function runDownload(
  store: Store,
  hub: Hub,
  id: string,
  options: DownloadOptions = {},
): Promise<KeptModel> {
  const row = await download(store, id);
  if (!row)
    throw new FaultError(
      fault('not-found', 'The download is not there any more; it was discarded or is finished.', { id }),
    );
  return alone(row, async () => {
    await putDownload(store, { ...row, paused: false });
    const there = await partsThere(store, row.bucket);
    const left = row.files.reduce((n, f) => n + f.size, 0) - heldBytes(row, there);
    await requireRoom(left, `The rest of ${row.repository}`);
    const files = await withHasher(async (hash) => {
      const ledger = new Ledger(store, row, hash, there, options.onProgress);
      await fetchAll(hub, row, ledger, options);
      return ledger.files();
    });
    return finish(store, row, files);
  });
}

/** Bytes of a download's parts that are kept. */
function heldBytes(
  row: Pick<DownloadRow, 'files' | 'partSize'>,
  there: ReadonlyMap<string, ReadonlySet<number>>,
): number {
  let sum = 0;
  for (const { path, size } of row.files)
    for (const index of there.get(path) ?? []) {
      const { start, end } = partRange(size, row.partSize, index);
      sum += Math.max(0, end - start);
    }
  return sum;
}

/** Bytes of a download that have arrived and are kept; only the keys of its parts are read. */
export async function arrivedBytes(store: Store, row: DownloadRow): Promise<number> {
  return heldBytes(row, await partsThere(store, row.bucket));
}

/** One tab at a time; the other one is told instead of waiting. */
async function alone<T>(row: DownloadRow, work: () => Promise<T>): Promise<T> {
  const locks = await webLocks();
  if (!locks) return work();
  return locks.request(`lookalike-download-${row.id}`, { ifAvailable: true }, (lock) => {
    if (!lock)
      throw new FaultError(fault('storage', `Another tab is downloading ${row.repository} already.`, { id: row.id }));
    return withBucket(row.bucket, work);
  });
}

const MOST_ROUNDS = 8;

async function fetchAll(hub: Hub, row: DownloadRow, ledger: Ledger, options: DownloadOptions): Promise<void> {
  // The first lane that fails stops the others.
  const halt = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, halt.signal]) : halt.signal;
  const lane = async (): Promise<void> => {
    for (let due = ledger.next(); due; due = ledger.next()) {
      if (signal.aborted) throw stopped();
      await fetchDue(hub, row, ledger, due, signal);
    }
  };
  // Hashing may find altered or lost parts, which are due again: so until nothing is, but not for ever.
  for (let round = 0; round === 0 || ledger.open(); round++) {
    if (round > MOST_ROUNDS)
      throw new FaultError(
        fault('storage', 'The browser keeps losing parts of the download. Free disk space and resume.'),
      );
    const lanes = Array.from({ length: options.lanes ?? 2 }, () =>
      lane().catch((error: unknown) => {
        halt.abort();
        throw error;
      }),
    );
    const ended = await Promise.allSettled(lanes);
    const failed = ended.flatMap((r) => (r.status === 'rejected' ? [r.reason as unknown] : []));
    const first = failed.find((e) => !(e instanceof FaultError && e.fault.code === 'stopped')) ?? failed[0];
    if (first !== undefined) {
      await ledger.settled().catch(() => undefined);
      throw options.signal?.aborted ? stopped() : first;
    }
    await ledger.settled();
  }
}

async function fetchDue(
  hub: Hub,
  row: DownloadRow,
  ledger: Ledger,
  due: { path: string; size: number; index: number },
  signal: AbortSignal,
): Promise<void> {
  const { path, size, index } = due;
  const flight = ledger.flight();
  const common = {
    url: fileUrl(row.hub, row.repository, row.revision, path),
    repository: row.repository,
    path,
    size,
    signal,
    onBytes: flight.bytes,
    onWait: ledger.waiting,
  };
  try {
    if (size === 0) await ledger.arrived(path, 0, new Blob([]));
    else if (ledger.whole.has(path))
      return; // another lane streams the whole of it
    else {
      const blob = await fetchRange(hub, { ...common, ...partRange(size, row.partSize, index) });
      flight.land();
      await ledger.arrived(path, index, blob);
    }
  } catch (error) {
    if (!(error instanceof NoRanges)) throw error;
    if (ledger.whole.has(path)) return;
    ledger.whole.add(path);
    const wanted = ledger.take(path, index);
    await fetchWhole(hub, { ...common, partBytes: row.partSize }, wanted, async (i, blob) => {
      flight.land();
      await ledger.arrived(path, i, blob);
    });
    ledger.whole.delete(path);
  } finally {
    flight.land();
  }
}

async function finish(store: Store, row: DownloadRow, files: readonly KeptFile[]): Promise<KeptModel> {
  const config = await chunk(store, row.bucket, 'config.json', 0);
  const kept = await writeManifest(store, {
    name: row.repository,
    bucket: row.bucket,
    files,
    facts: { modelType: await modelTypeOf(config), dtypes: dtypesIn(files.map((f) => f.path)) },
    source: { kind: 'hub', revision: row.revision, repository: row.repository, hub: row.hub },
  });
  await deleteDownload(store, row.id);
  return kept;
}

/** Throws away what has arrived of a download. */
export async function discardDownload(store: Store, id: string): Promise<void> {
  const row = await download(store, id);
  await deleteDownload(store, id);
  if (row) await deleteBucket(store, row.bucket);
}

/** Notes that the user paused it, so that a reload does not go on by itself. */
export async function markPaused(store: Store, id: string): Promise<void> {
  const row = await download(store, id);
  if (row) await putDownload(store, { ...row, paused: true });
}
