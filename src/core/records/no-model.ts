import type { Benchmark } from '../benchmark/types.ts';
import { DEFAULT_PIXEL_POLICY } from '../images/types.ts';
import { NO_WORK } from '../plan/types.ts';
import { benchmarkInfo } from './benchmark-info.ts';
import { SCORING_VERSION } from './record.ts';
import type { RunInfo } from './run-info.ts';

/** What is known of answers that no model of this program gave. */
export interface Answered extends Pick<RunInfo, 'lookalike' | 'startedAt' | 'finishedAt' | 'methods' | 'command'> {
  readonly model: Pick<RunInfo['model'], 'id' | 'family'>;
  /** Where the questions were put, in place of a prompt set's name. */
  readonly asked: string;
  /** Name and version of the browser; '' where nobody asks. */
  readonly browser: string;
  readonly seconds: number;
}

/** run.json of such answers: no device, weights or prompts of ours. The caller says whose they are (`imported`, `recordedByPerson`). */
export function withoutModel(benchmark: Benchmark, answered: Answered): RunInfo {
  const { lookalike, startedAt, finishedAt, methods, command, model, asked, browser, seconds } = answered;
  return {
    format: 'lookalike-results/1',
    ...{ lookalike, startedAt, finishedAt, state: 'done' },
    model: { id: model.id, revision: null, family: model.family, dtype: {}, files: [] },
    benchmark: benchmarkInfo(benchmark),
    promptSet: { name: asked, sha256: '', prompts: {} },
    methods,
    // The format wants a device.
    device: { kind: 'wasm', adapter: null, features: [], limits: {}, browser, threads: 0 },
    libraries: {},
    scoringVersion: SCORING_VERSION,
    pixels: DEFAULT_PIXEL_POLICY,
    certificate: null,
    work: NO_WORK,
    seconds: { load: 0, score: seconds },
    command,
  };
}
