import { anew } from '../../app/new-run.ts';
import { continueRun } from '../../app/resume.ts';
import { toFault, type Fault } from '../../core/fault.ts';
import type { ResultRecord } from '../../core/records/record.ts';
import { startRun, type StartOptions } from '../../run/controller.ts';
import { resolveModel } from '../../app/models.ts';
import { storePorts } from '../../app/ports.ts';
import type { RunConfig } from '../../core/records/run-config.ts';
import type { ResolvedModel } from '../../engines/local/model.ts';
import { benchmark } from '../../store/benchmarks.ts';
import type { RunHandle, RunProgress } from '../../run/types.ts';
import { saveRun } from '../../store/runs.ts';
import { library } from './library.svelte.ts';

export interface ResumeOptions extends StartOptions {
  /** Take the device that made the records, whatever was chosen. */
  readonly asBefore?: boolean;
}

/** Which run this tab was in when it was reloaded, and how much was done: survives the reload, not the tab. */
const KEY = 'lookalike-live';

/** ms between two looks at what was scored: numbers and lists are drawn anew no more often. */
const FLUSH = 500;

/** The run that goes on in this tab; one at a time, for one model owns the device. */
function createLive() {
  let handle = $state.raw<RunHandle | null>(null);
  let progress = $state.raw<RunProgress | null>(null);
  let records = $state.raw<readonly ResultRecord[]>([]);
  let lastId = $state<string | null>(null);
  let pausing = $state(false);
  /** A run that could not even start, and why. */
  let refused = $state.raw<{ readonly id: string; readonly fault: Fault } | null>(null);

  /** A run that is looked at before it starts. */
  let opening = false;

  async function begin(config: RunConfig, options: ResumeOptions): Promise<void> {
    if (handle || opening) return;
    refused = null;
    opening = true;
    try {
      const store = await library.opened();
      const resolve = (id: string): Promise<ResolvedModel> => resolveModel(store, id);
      const { asBefore = false, ...start } = options;
      const { ports, config: taken } = await continueRun(storePorts(store), config, { resolve, asBefore });
      listen(await startRun(ports, taken, start));
    } catch (e) {
      refused = { id: config.id, fault: toFault(e) };
    } finally {
      opening = false;
    }
  }

  function listen(started: RunHandle): void {
    handle = started;
    // A run that was stopped and goes on keeps what it brought: the pages read the store before that.
    if (lastId !== started.config.id) records = [];
    lastId = started.config.id;
    progress = started.progress();
    pausing = false;
    remember(started.config.id, -1);
    started.subscribe((p) => {
      // What is known of the run (its certificate) is stored when it begins to score.
      if (p.phase.kind === 'scoring' && progress?.phase.kind !== 'scoring') void library.refresh.runs();
      progress = p;
      if (p.phase.kind === 'scoring') remember(started.config.id, p.questions.done);
    });
    let waiting: readonly ResultRecord[] = [];
    const flush = (): void => {
      if (waiting.length > 0) records = [...records, ...waiting];
      waiting = [];
    };
    const timer = setInterval(flush, FLUSH);
    started.onRecords((more) => {
      waiting = [...waiting, ...more];
    });
    void started.finished.then(async ({ fault }) => {
      // What only the loaded model could tell: the stored run stays as it was.
      if (fault?.code === 'another-run') refused = { id: started.config.id, fault };
      clearInterval(timer);
      flush();
      forget();
      await library.refresh.runs();
      handle = null;
      pausing = false;
    });
  }

  return {
    get id(): string | null {
      return handle?.config.id ?? null;
    },
    get config() {
      return handle?.config ?? null;
    },
    /** Of the run that goes on, or of the last one of this visit. */
    get progress() {
      return progress;
    },
    /** The run that goes on or, after its end, the last one of this visit. */
    get lastId() {
      return lastId;
    },
    /** Records that the run `lastId` brought since it was started here. */
    get records() {
      return records;
    },
    get pausing() {
      return pausing;
    },
    get refused() {
      return refused;
    },
    /** Takes in records of a run that were changed and stored after it ended. */
    replace(id: string, changed: readonly ResultRecord[]): void {
      if (id === lastId) records = [...records, ...changed];
    },
    /** Stores a new run and starts it. */
    async start(config: RunConfig): Promise<void> {
      await saveRun(await library.opened(), config);
      await library.refresh.runs();
      await begin(config, {});
    },
    /**
     * Goes on with a stored run; what is recorded is not scored again. One that would mix records is `refused` with the fault 'another-run'.
     */
    resume: begin,
    /** Starts a new run with the choices of a stored one. @returns its id; null where its benchmark is gone */
    async startAnew(config: RunConfig): Promise<string | null> {
      const kept = await benchmark(await library.opened(), config.benchmarkId);
      if (kept === null) return null;
      const fresh = anew(config, kept.benchmark);
      await this.start(fresh);
      return fresh.id;
    },
    pause(): void {
      handle?.pause();
      pausing = true;
    },
    goOn(): void {
      handle?.resume();
      pausing = false;
    },
    async stop(): Promise<void> {
      forget();
      await handle?.stop();
    },
  };
}

function remember(id: string, done: number): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ id, done }));
  } catch {
    // Storage is blocked: the run is then resumed by hand.
  }
}

function forget(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}

/** Id of the run that a reload of this tab interrupted while it scored; given once. */
function interrupted(): string | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    forget();
    if (typeof kept !== 'object' || kept === null || !('id' in kept) || !('done' in kept)) return null;
    const { id, done } = kept;
    return typeof id === 'string' && typeof done === 'number' && done >= 0 ? id : null;
  } catch {
    return null;
  }
}

export const live = createLive();

/**
 * Goes on with the run that a reload of this tab interrupted, without asking. A run that took the tab down before it scored anything here is
 * left for the user to resume.
 */
export async function resumeInterrupted(): Promise<void> {
  const id = interrupted();
  if (id === null) return;
  await library.refresh.runs();
  const config = library.run(id)?.config;
  if (config) await live.resume(config, {});
}
