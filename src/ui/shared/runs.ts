import type { StoredRun } from '../../store/rows.ts';
import { modelName } from './models.ts';

/** What a run is called and where it stands, for lists and headings. */
export function runTitle(run: StoredRun): string {
  const model = run.info?.model.id ?? modelName(run.config?.modelId ?? 'unknown model');
  const benchmark = run.info?.benchmark.name ?? run.config?.benchmarkName ?? 'unknown benchmark';
  return `${modelName(model)} on ${benchmark}`;
}

export type RunState = 'live' | 'unfinished' | 'done' | 'failed' | 'imported';

/** A run that is neither finished nor going on here can be resumed. */
export function runState(run: StoredRun, liveId: string | null): RunState {
  if (run.id === liveId) return 'live';
  switch (run.status) {
    case 'done':
    case 'imported':
      return run.status;
    case 'failed':
      return 'failed';
    default:
      return 'unfinished';
  }
}

export const RUN_STATE_WORDS: Readonly<Record<RunState, string>> = {
  live: 'going on',
  unfinished: 'not finished',
  done: 'finished',
  failed: 'failed',
  imported: 'imported',
};

export function canResume(run: StoredRun, liveId: string | null): boolean {
  const state = runState(run, liveId);
  return run.config !== null && (state === 'unfinished' || state === 'failed');
}

/** Methods that a run was asked for. */
export function askedMethods(run: StoredRun): readonly string[] {
  return run.config?.methods ?? run.info?.methods ?? [];
}
