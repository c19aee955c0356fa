import type { Benchmark } from '../benchmark/types.ts';
import { DEFAULT_PIXEL_POLICY } from '../pixels/types.ts';
import { NO_WORK } from '../plan/types.ts';
import { SCORING_VERSION } from '../scoring/record.ts';
import type { OfficialRun } from './import-files.ts';
import type { RunInfo } from './run.ts';

export interface ImportFacts {
  /** Version of this program. */
  readonly lookalike: string;
  /** When it was imported, ISO 8601. */
  readonly at: string;
  readonly command: string | null;
  /** Name and version of the browser; '' where nobody asks. */
  readonly browser: string;
}

/** run.json of imported official files: marked as imported, with no device, weights or prompts of ours. */
export function importedRunInfo(imported: OfficialRun, benchmark: Benchmark, facts: ImportFacts): RunInfo {
  const images = new Set(benchmark.pairs.flatMap((p) => p.images.map((i) => i.sha256 ?? i.local ?? i.path)));
  const { name, sha256, pairs } = benchmark;
  return {
    format: 'lookalike-results/1',
    lookalike: facts.lookalike,
    startedAt: facts.at,
    finishedAt: facts.at,
    state: 'done',
    model: { id: imported.key, revision: null, family: 'unknown', dtype: {}, files: [] },
    benchmark: { name, sha256, pairs: pairs.length, questions: pairs.length * 2, images: images.size },
    promptSet: { name: 'of the imported file', sha256: '', prompts: {} },
    methods: imported.methods,
    // The format wants a device; `imported` says that none of ours was used.
    device: { kind: 'wasm', adapter: null, features: [], limits: {}, browser: facts.browser, threads: 0 },
    libraries: {},
    scoringVersion: SCORING_VERSION,
    pixels: DEFAULT_PIXEL_POLICY,
    certificate: null,
    work: NO_WORK,
    seconds: { load: 0, score: 0 },
    command: facts.command,
    imported: {
      from: imported.files.map((f) => f.name).join(', '),
      format: `mediconfusion/${imported.files.map((f) => f.imported.mode).join('+')}`,
    },
  };
}
