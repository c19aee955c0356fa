import type { Benchmark } from '../benchmark/types.ts';
import { withoutModel } from '../records/no-model.ts';
import type { OfficialRun } from './import-files.ts';
import type { RunInfo } from '../records/run-info.ts';

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
  return {
    ...withoutModel(benchmark, {
      ...{ lookalike: facts.lookalike, startedAt: facts.at, finishedAt: facts.at, browser: facts.browser, seconds: 0 },
      ...{ model: { id: imported.key, family: 'unknown' }, asked: 'of the imported file', methods: imported.methods },
      command: facts.command,
    }),
    imported: {
      from: imported.files.map((f) => f.name).join(', '),
      format: `mediconfusion/${imported.files.map((f) => f.imported.mode).join('+')}`,
    },
  };
}
