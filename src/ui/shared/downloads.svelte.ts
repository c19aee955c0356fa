import { toFault, type Fault } from '../../core/fault.ts';
import type { FileChoice, HubModel } from '../../core/models/hub/model.ts';
import { hubReach, type Reach } from '../../hub/connect.ts';
import {
  arrivedBytes,
  discardDownload,
  markPaused,
  planDownload,
  runDownload,
  type DownloadProgress,
} from '../../hub/download.ts';
import { listDownloads } from '../../store/downloads.ts';
import type { DownloadRow, KeptModel } from '../../store/model-rows.ts';
import { device } from './device.svelte.ts';
import { hub } from './hub.svelte.ts';
import { library } from './library.svelte.ts';

/** An unfinished download as the page shows it. */
export interface Job {
  readonly row: DownloadRow;
  /** Whether the page may reach the hub that it is from. */
  readonly reach: Reach;
  readonly running: boolean;
  /** Bytes that have arrived, and all. */
  readonly done: number;
  readonly total: number;
  /** Bytes a second over the last seconds; null before that can be told. */
  readonly rate: number | null;
  /** Why it waits, in a sentence. */
  readonly waiting: string | null;
  /** What stopped it. */
  readonly fault: Fault | null;
}

/** ms over which the rate is taken. */
const WINDOW = 8000;
interface Running {
  readonly control: AbortController;
  readonly ended: Promise<void>;
}

/** Models on their way from the hub: noted in the store, so that they survive the page; those that nobody paused go on by themselves. */
function createDownloads() {
  let jobs = $state.raw<readonly Job[]>([]);
  let finished = $state.raw<readonly KeptModel[]>([]);
  let problem = $state.raw<Fault | null>(null);
  const running = new Map<string, Running>(); // eslint-disable-line svelte/prefer-svelte-reactivity -- what is shown of it is in jobs
  let first: Promise<void> | null = null;

  const change = (id: string, to: Partial<Job>): void => {
    jobs = jobs.map((job) => (job.row.id === id ? { ...job, ...to } : job));
  };

  async function read(): Promise<void> {
    const store = await library.opened();
    const rows = await listDownloads(store);
    jobs = await Promise.all(
      rows.map(async (row) => {
        const before = jobs.find((job) => job.row.id === row.id);
        if (before && running.has(row.id)) return before;
        const total = row.files.reduce((n, f) => n + f.size, 0);
        const [reach, done] = [await hubReach(row.hub), await arrivedBytes(store, row)];
        const fault = before?.fault ?? null;
        return { row, reach, running: false, done, total, rate: null, waiting: null, fault };
      }),
    );
  }

  /** Reads the list once, and goes on with what a reload or a crash interrupted. */
  async function begin(): Promise<void> {
    try {
      await hub.need();
      await read();
      for (const { row, reach } of jobs) if (!row.paused && reach === 'open') void go(row.id);
    } catch (e) {
      problem = toFault(e, 'storage');
    }
  }

  function go(id: string): Promise<void> {
    const there = running.get(id);
    if (there) return there.ended;
    const control = new AbortController();
    const ended = work(id, control.signal).finally(async () => {
      running.delete(id);
      await read();
    });
    running.set(id, { control, ended });
    return ended;
  }

  async function work(id: string, signal: AbortSignal): Promise<void> {
    const job = jobs.find((j) => j.row.id === id);
    if (!job) return;
    change(id, { running: true, fault: null, waiting: null });
    const rateOf = meter();
    const onProgress = ({ done, waiting }: DownloadProgress): void =>
      change(id, { done, waiting, rate: waiting === null ? rateOf(done) : null });
    try {
      const kept = await runDownload(await library.opened(), hub.open(job.row.hub), id, { signal, onProgress });
      finished = [...finished.filter((m) => m.id !== kept.id), kept];
      await library.refresh.models();
    } catch (e) {
      const fault = toFault(e);
      if (fault.code !== 'stopped') change(id, { fault });
    }
  }

  async function halt(id: string): Promise<void> {
    const job = running.get(id);
    job?.control.abort();
    await job?.ended;
  }

  async function guarded(doing: () => Promise<void>): Promise<void> {
    problem = null;
    try {
      await doing();
    } catch (e) {
      problem = toFault(e, 'storage');
    }
  }

  return {
    get jobs() {
      return jobs;
    },
    /** Models that arrived whole during this visit. */
    get finished() {
      return finished;
    },
    get problem() {
      return problem;
    },
    need: (): Promise<void> => (first ??= begin()),
    jobOf: (repository: string): Job | null => jobs.find((job) => job.row.repository === repository) ?? null,
    /**
     * Begins a download; what it costs and its licence were shown before.
     * @throws FaultError 'storage-full'
     */
    async start(model: HubModel, choice: FileChoice): Promise<void> {
      const plan = { repository: model.repository, revision: model.commit, files: choice.files };
      const row = await planDownload(await library.opened(), hub.open(), plan);
      await read();
      void go(row.id);
      // The moment from which there is something to lose; some browsers ask the user.
      void device.persist();
    },
    go: (id: string): void => void go(id),
    pause: (id: string) =>
      guarded(async () => {
        await halt(id);
        await markPaused(await library.opened(), id);
        await read();
      }),
    discard: (id: string) =>
      guarded(async () => {
        await halt(id);
        await discardDownload(await library.opened(), id);
        await read();
      }),
  };
}

/** Bytes a second over the last few seconds, from totals as they come. */
function meter(): (done: number) => number | null {
  let seen: readonly { readonly at: number; readonly done: number }[] = [];
  return (done) => {
    const now = performance.now();
    seen = [...seen.filter(({ at }) => now - at < WINDOW), { at: now, done }];
    const [oldest] = seen;
    const ms = oldest ? now - oldest.at : 0;
    return oldest && ms > 500 ? Math.max(0, ((done - oldest.done) * 1000) / ms) : null;
  };
}

export const downloads = createDownloads();
