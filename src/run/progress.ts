import { addWork, NO_WORK, type Work } from '../core/plan/types.ts';
import type { LoadStep } from '../engines/engine.ts';
import type { RunCounts } from './plan.ts';
import { STAGES, type Measure, type RunPhase, type RunProgress, type StageKind } from './types.ts';

/** Window over which the rate is taken, ms. */
const WINDOW = 60_000;

/** What became of a group, in numbers. */
export interface GroupDone {
  readonly questions: number;
  readonly failed: number;
  /** Its image and those of its prompt's shots: not to be encoded any more. */
  readonly images: readonly string[];
  /** null where it could not be scored. */
  readonly work: Work | null;
}

/** Keeps a run's live state and tells listeners of each change. */
export interface ProgressKeeper {
  now(): RunProgress;
  subscribe(listener: (p: RunProgress) => void): () => void;
  message(text: string): void;
  /** What there is to do. */
  plan(counts: RunCounts): void;
  loading(step: LoadStep): void;
  /** Images that the engine encoded while it was tried, and still holds. */
  tried(images: readonly string[]): void;
  scoring(what: string): void;
  group(done: GroupDone): void;
  /** `done` of `total` free answers are read, and the next is in work. `unit`: what is read, where it is something else. */
  judging(done: number, total: number, unit?: string): void;
  paused(): void;
  end(phase: Extract<RunPhase, { kind: 'done' | 'stopped' | 'failed' }>): void;
}

const NOTHING: Measure = { done: 0, total: 0, failed: 0, rate: null, secondsLeft: null };
const START: RunProgress = {
  phase: { kind: 'idle' },
  stage: null,
  questions: NOTHING,
  kept: 0,
  answers: NOTHING,
  images: { done: 0, total: 0 },
  seconds: { loading: 0, checking: 0, scoring: 0, judging: 0 },
  work: { ...NO_WORK },
  messages: [],
};

/** @param clock milliseconds */
export function createProgress(clock: () => number = () => performance.now()): ProgressKeeper {
  let state = START;
  const listeners = new Set<(p: RunProgress) => void>();
  const open = new Set<string>();
  const stopwatch = createStopwatch(clock);
  const speed = createSpeed(clock);

  const set = (change: Partial<RunProgress>): void => {
    state = { ...state, ...change, seconds: stopwatch.seconds() };
    for (const l of listeners) l(state);
  };
  /** Images encoded so far and those still to come: equal at the end, whatever was tried twice, kept or unreadable. */
  const images = (work: Work): RunProgress['images'] => ({
    done: work.imageEncodes,
    total: work.imageEncodes + open.size,
  });
  const enter = (phase: RunPhase): Partial<RunProgress> => {
    const stage = STAGES.find((s) => s === phase.kind) ?? null;
    // A pause is not slowness.
    if (phase.kind !== state.phase.kind) speed.restart();
    stopwatch.run(stage);
    return { phase, stage: stage ?? state.stage };
  };
  const measured = (m: Measure, done: number, total: number): Measure => {
    const rate = speed.at(done);
    return { ...m, done, total, rate, secondsLeft: rate === null ? null : (total - done) / rate };
  };
  /** A stage that is over has no speed. */
  const rest = (m: Measure): Measure => ({ ...m, rate: null, secondsLeft: null });

  return {
    now: () => state,
    subscribe: (l) => {
      listeners.add(l);
      return () => listeners.delete(l);
    },
    message: (text) => {
      if (!state.messages.includes(text)) set({ messages: [...state.messages, text] });
    },
    plan: ({ questions, answers, images: planned }) => {
      for (const image of planned) open.add(image);
      set({
        questions: { ...NOTHING, ...questions },
        kept: questions.done,
        answers: { ...NOTHING, total: answers },
        images: images(state.work),
      });
    },
    loading: ({ kind, what }) => set(enter({ kind, what })),
    tried: (encoded) => {
      for (const image of encoded) open.delete(image);
      const work = addWork(state.work, { ...NO_WORK, imageEncodes: encoded.length });
      set({ work, images: images(work) });
    },
    scoring: (what) => {
      set(enter({ kind: 'scoring', what }));
      speed.begin(state.questions.done);
    },
    group: ({ questions, failed, images: settled, work: done }) => {
      for (const image of settled) open.delete(image);
      const work = done ? addWork(state.work, done) : state.work;
      const q = state.questions;
      const measure = measured(q, q.done + questions, q.total);
      set({ work, images: images(work), questions: { ...measure, failed: q.failed + failed } });
    },
    judging: (done, total, unit = 'answer') => {
      const entered = enter({ kind: 'judging', what: `${unit} ${Math.min(done + 1, total)} of ${total}` });
      if (done === 0) speed.restart();
      speed.begin(done);
      set({ ...entered, questions: rest(state.questions), answers: measured(state.answers, done, total) });
    },
    paused: () => set(enter({ kind: 'paused' })),
    end: (phase) => set({ ...enter(phase), questions: rest(state.questions), answers: rest(state.answers) }),
  };
}

/** Seconds by stage; one runs at a time, or none. */
function createStopwatch(clock: () => number): {
  run(stage: StageKind | null): void;
  seconds(): RunProgress['seconds'];
} {
  const spent: Record<StageKind, number> = { loading: 0, checking: 0, scoring: 0, judging: 0 };
  let running: StageKind | null = null;
  let since = 0;
  const take = (): void => {
    const at = clock();
    if (running !== null) spent[running] += (at - since) / 1000;
    since = at;
  };
  return {
    run: (stage) => {
      take();
      running = stage;
    },
    seconds: () => {
      take();
      return { ...spent };
    },
  };
}

/** Units a second over the last minute of one stage. */
function createSpeed(clock: () => number): {
  restart(): void;
  /** Marks where a stage begins; nothing where it has begun. */
  begin(done: number): void;
  at(done: number): number | null;
} {
  const marks: { readonly at: number; readonly done: number }[] = [];
  return {
    restart: () => {
      marks.length = 0;
    },
    begin: (done) => {
      if (marks.length === 0) marks.push({ at: clock(), done });
    },
    at: (done) => {
      const at = clock();
      marks.push({ at, done });
      while (marks.length > 2 && at - (marks[0]?.at ?? at) > WINDOW) marks.shift();
      const first = marks[0];
      if (!first || at - first.at < 1 || done <= first.done) return null;
      return ((done - first.done) * 1000) / (at - first.at);
    },
  };
}
