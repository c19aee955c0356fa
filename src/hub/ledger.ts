import { partCount, partRange } from '../core/models/hub/ranges.ts';
import { chunk, deleteChunk, putChunk } from '../store/chunks.ts';
import type { Store } from '../store/db.ts';
import { gitBlobId } from '../store/hash.ts';
import type { HashPart } from '../store/hasher.ts';
import type { DownloadFile, DownloadRow, KeptFile, KeptPart } from '../store/model-rows.ts';
import { errorName } from '../store/words.ts';
import { altered } from './api.ts';
import type { DownloadProgress } from './download.ts';

interface FileState {
  readonly path: string;
  readonly size: number;
  readonly due: Pick<DownloadFile, 'sha256' | 'gitOid'>;
  readonly count: number;
  readonly there: Set<number>;
  readonly taken: Set<number>;
  hashed: KeptPart[];
  state: Uint8Array | null;
  digest: string | null;
  /** How often its bytes arrived with a wrong hash. */
  altered: number;
  done: boolean;
}

const MOST_ALTERED = 3;

/**
 * The books of one running download: which parts are there, which are on their way, and how far each file is hashed. Parts arrive in any
 * order and are stored as they come; hashing follows in order, one part at a time, beside the download.
 */
export class Ledger {
  readonly whole = new Set<string>();
  readonly #store: Store;
  readonly #row: DownloadRow;
  readonly #hash: HashPart;
  readonly #files: readonly FileState[];
  readonly #onProgress: ((p: DownloadProgress) => void) | undefined;
  #hashing: Promise<void> = Promise.resolve();
  #failure: unknown = null;
  #inFlight = 0;
  #waiting: string | null = null;

  constructor(
    store: Store,
    row: DownloadRow,
    hash: HashPart,
    there: ReadonlyMap<string, ReadonlySet<number>>,
    onProgress: ((p: DownloadProgress) => void) | undefined,
  ) {
    this.#store = store;
    this.#row = row;
    this.#hash = hash;
    this.#onProgress = onProgress;
    this.#files = row.files.map((f) => startOf(f, row.partSize, there.get(f.path)));
    for (const file of this.#files) this.#follow(file);
  }

  /** The next part to fetch, taken; null when all are taken. A failure of hashing or storing surfaces here. */
  next(): { path: string; size: number; index: number } | null {
    if (this.#failure !== null) throw this.#failure;
    for (const f of this.#files) {
      if (f.done || this.whole.has(f.path)) continue;
      for (let index = 0; index < f.count; index++) {
        if (f.there.has(index) || f.taken.has(index)) continue;
        f.taken.add(index);
        return { path: f.path, size: f.size, index };
      }
    }
    return null;
  }

  /** Takes every part of a file that is still due, `index` included, for a server that sends whole files only. */
  take(path: string, index: number): Set<number> {
    const f = this.#file(path);
    const due = new Set([index]);
    for (let i = 0; i < f.count; i++) if (!f.there.has(i)) due.add(i);
    for (const i of due) f.taken.add(i);
    return due;
  }

  /** Stores a part and lets hashing follow. */
  async arrived(path: string, index: number, blob: Blob): Promise<void> {
    const f = this.#file(path);
    await putChunk(this.#store, this.#row.bucket, path, index, blob);
    f.taken.delete(index);
    f.there.add(index);
    this.#waiting = null;
    this.#follow(f);
    this.#tell();
  }

  /** Counts the bytes of a part on its way; `land` takes them back, when they are counted as there. */
  flight(): { bytes: (count: number) => void; land: () => void } {
    let held = 0;
    return {
      bytes: (count) => {
        held += count;
        this.#inFlight += count;
        this.#waiting = null;
        this.#tell();
      },
      land: () => {
        this.#inFlight -= held;
        held = 0;
      },
    };
  }

  readonly waiting = (words: string): void => {
    this.#waiting = words;
    this.#tell();
  };

  /** Resolves when hashing has caught up with what is there. */
  async settled(): Promise<void> {
    for (let last: Promise<void> | null = null; last !== this.#hashing;) {
      last = this.#hashing;
      await last;
    }
    if (this.#failure !== null) throw this.#failure;
  }

  /** Whether a file is not yet whole and checked. Parts that were taken and never arrived are free again. */
  open(): boolean {
    for (const f of this.#files) f.taken.clear();
    return this.#files.some((f) => !f.done);
  }

  files(): readonly KeptFile[] {
    return this.#files.map((f) => ({ path: f.path, size: f.size, sha256: f.digest ?? '', parts: f.hashed }));
  }

  #file(path: string): FileState {
    const f = this.#files.find((x) => x.path === path);
    if (!f) throw new Error(`no file ${path} in the download`);
    return f;
  }

  #follow(f: FileState): void {
    this.#hashing = this.#hashing.then(async () => {
      if (this.#failure !== null || f.done) return;
      try {
        while (f.hashed.length < f.count && f.there.has(f.hashed.length)) await this.#hashNext(f);
        if (f.hashed.length === f.count) await this.#close(f);
      } catch (error) {
        this.#failure = error;
      }
    });
  }

  async #hashNext(f: FileState): Promise<void> {
    const index = f.hashed.length;
    const { start, end } = partRange(f.size, this.#row.partSize, index);
    const blob = await chunk(this.#store, this.#row.bucket, f.path, index);
    // A part that a crash left short, or whose bytes the browser lost, is fetched again.
    const step = blob?.size === end - start ? await this.#hash(f.state, blob).catch(lostBytes) : null;
    if (!step) {
      await deleteChunk(this.#store, this.#row.bucket, f.path, index);
      f.there.delete(index);
      return;
    }
    f.hashed = [...f.hashed, { size: end - start, sha256: step.part }];
    f.state = step.state;
    f.digest = step.digest;
    this.#tell();
  }

  /** All parts are hashed: the file is what the hub published, or it is fetched again. */
  async #close(f: FileState): Promise<void> {
    const right = f.due.sha256 === null ? (await this.#gitBlobId(f)) === f.due.gitOid : f.digest === f.due.sha256;
    if (right) {
      f.done = true;
      return;
    }
    for (let i = 0; i < f.count; i++) await deleteChunk(this.#store, this.#row.bucket, f.path, i);
    f.there.clear();
    f.hashed = [];
    f.state = null;
    f.digest = null;
    if (++f.altered >= MOST_ALTERED) throw altered(f.path);
  }

  async #gitBlobId(f: FileState): Promise<string> {
    const parts = f.hashed.map((_, index) => chunk(this.#store, this.#row.bucket, f.path, index));
    return gitBlobId(new Blob((await Promise.all(parts)).filter((p) => p !== null)));
  }

  #tell(): void {
    if (!this.#onProgress) return;
    let kept = 0;
    let checked = 0;
    for (const f of this.#files) {
      for (const index of f.there) {
        const { start, end } = partRange(f.size, this.#row.partSize, index);
        kept += end - start;
      }
      for (const part of f.hashed) checked += part.size;
    }
    const total = this.#files.reduce((n, f) => n + f.size, 0);
    this.#onProgress({ done: Math.min(total, kept + this.#inFlight), total, checked, waiting: this.#waiting });
  }
}

function startOf(f: DownloadFile, partSize: number, there: ReadonlySet<number> | undefined): FileState {
  const count = partCount(f.size, partSize);
  return {
    path: f.path,
    size: f.size,
    due: { sha256: f.sha256, gitOid: f.gitOid },
    count,
    there: new Set([...(there ?? [])].filter((i) => i < count)),
    taken: new Set(),
    hashed: [],
    state: null,
    digest: null,
    altered: 0,
    done: false,
  };
}

/** NotReadableError: the browser lost the bytes behind the handle. Anything else is not the part's fault. */
function lostBytes(error: unknown): null {
  if (errorName(error) === 'NotReadableError') return null;
  throw error;
}
