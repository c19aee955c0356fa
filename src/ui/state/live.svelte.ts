import { toFault, type Fault } from '../../core/fault.ts';
import type { ResultRecord } from '../../core/scoring/record.ts';
import { startRun, type StartOptions } from '../../run/controller.ts';
import { storePorts } from '../../run/store-ports.ts';
import type { RunConfig, RunHandle, RunProgress } from '../../run/types.ts';
import { saveRun } from '../../store/runs.ts';
import { library } from './library.svelte.ts';

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

  async function begin(config: RunConfig, options: StartOptions): Promise<void> {
    if (handle) return;
    refused = null;
    try {
      const started = await startRun(storePorts(await library.opened()), config, options);
      listen(started);
    } catch (e) {
      refused = { id: config.id, fault: toFault(e) };
    }
  }

  function listen(started: RunHandle): void {
    handle = started;
    lastId = started.config.id;
    progress = started.progress();
    records = [];
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
    void started.finished.then(async () => {
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
    /** Goes on with a stored run; what is recorded is not scored again. */
    resume: begin,
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
