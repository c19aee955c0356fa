import { NO_WORK, type Work } from '../core/plan/types.ts';
import type { RunPhase, RunProgress } from './types.ts';

/** Window over which the rate is taken, ms. */
const WINDOW = 60_000;

/** Keeps a run's live state and tells listeners of each change. */
export interface ProgressKeeper {
  now(): RunProgress;
  subscribe(listener: (p: RunProgress) => void): () => void;
  phase(phase: RunPhase): void;
  message(text: string): void;
  /** Adds work that no group did: what the certificate left in the engine. */
  count(work: Work): void;
  plan(questions: number, images: number, done: number, failed: number): void;
  finished(questions: number, images: number, failed: number, work: Work | null): void;
}

export function createProgress(clock: () => number = () => performance.now()): ProgressKeeper {
  let state: RunProgress = {
    phase: { kind: 'idle' },
    questions: { done: 0, total: 0, failed: 0 },
    images: { done: 0, total: 0 },
    rate: null,
    secondsLeft: null,
    work: { ...NO_WORK },
    messages: [],
  };
  const listeners = new Set<(p: RunProgress) => void>();
  const marks: { at: number; done: number }[] = [];
  const set = (change: Partial<RunProgress>): void => {
    state = { ...state, ...change };
    for (const l of listeners) l(state);
  };

  function rate(done: number): number | null {
    const at = clock();
    marks.push({ at, done });
    while (marks.length > 2 && at - (marks[0]?.at ?? at) > WINDOW) marks.shift();
    const first = marks[0];
    if (!first || at - first.at < 1 || done <= first.done) return null;
    return ((done - first.done) * 1000) / (at - first.at);
  }

  return {
    now: () => state,
    subscribe: (l) => {
      listeners.add(l);
      return () => listeners.delete(l);
    },
    phase: (phase) => {
      if (phase.kind === 'scoring' && state.phase.kind !== 'scoring') {
        marks.length = 0;
        marks.push({ at: clock(), done: state.questions.done });
      }
      set({ phase });
    },
    message: (text) => {
      if (!state.messages.includes(text)) set({ messages: [...state.messages, text] });
    },
    count: (work) => set({ work: addWork(state.work, work) }),
    plan: (questions, images, done, failed) =>
      set({ questions: { done, total: done + questions, failed }, images: { done: 0, total: images } }),
    finished: (questions, images, failed, work) => {
      const done = state.questions.done + questions;
      const r = rate(done);
      const left = state.questions.total - done;
      set({
        questions: { ...state.questions, done, failed: state.questions.failed + failed },
        images: { ...state.images, done: state.images.done + images },
        rate: r,
        secondsLeft: r === null ? null : left / r,
        work: work ? addWork(state.work, work) : state.work,
      });
    },
  };
}

export function addWork(a: Work, b: Work): Work {
  return {
    imageEncodes: a.imageEncodes + b.imageEncodes,
    prefills: a.prefills + b.prefills,
    prefillTokens: a.prefillTokens + b.prefillTokens,
    suffixes: a.suffixes + b.suffixes,
    suffixTokens: a.suffixTokens + b.suffixTokens,
    decodeTokens: a.decodeTokens + b.decodeTokens,
  };
}
