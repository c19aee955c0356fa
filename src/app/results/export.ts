import { derivedRun, type DerivedRun } from '../../core/exchange/derived.ts';
import { inspectLog } from '../../core/exchange/formats/inspect.ts';
import { lmEvalFiles } from '../../core/exchange/formats/lm-eval.ts';
import { modelCard } from '../../core/exchange/formats/model-card.ts';
import { recordsCsv } from '../../core/exchange/formats/rows.ts';
import { folderOf, officialTexts } from '../../core/exchange/results-folder.ts';
import type { Benchmark } from '../../core/benchmark/types.ts';
import { fault, FaultError } from '../../core/fault.ts';
import type { ResultRecord } from '../../core/records/record.ts';
import type { RunInfo } from '../../core/records/run-info.ts';
import { sha256 } from '../../store/hash.ts';

/** A file of an export: path below the place where it goes, and its content. */
export type ExportFile = { readonly path: string } & ({ readonly text: string } | { readonly bytes: Uint8Array });

interface ExportFormat {
  /** On the page. */
  readonly label: string;
  /** What it is, in one line. */
  readonly means: string;
  /** Endings of a single file; null: a folder. */
  readonly ending: readonly string[] | null;
  readonly files: (run: DerivedRun) => Promise<readonly ExportFile[]>;
}

/** Everything that results can be written as, for the page and the command line: a format is added here and in its file. */
const EXPORT_FORMATS = {
  folder: {
    label: 'Results folder',
    means: 'run.json, records.jsonl, summary, tables (docs/results.md)',
    ending: null,
    files: async (run) => folderOf(run),
  },
  inspect: {
    label: 'Inspect log',
    means: 'a log that Inspect and its viewer read: one sample a question, one scorer a method',
    ending: ['.json'],
    files: async (run) => [inspectLog(run)],
  },
  'lm-eval': {
    label: 'lm-evaluation-harness',
    means: 'its results and samples files, one task a method',
    ending: null,
    files: async (run) => lmEvalFiles(run, (text) => sha256(new TextEncoder().encode(text))),
  },
  parquet: {
    label: 'Parquet',
    means: 'one row a record',
    ending: ['.parquet'],
    files: async (run) => {
      const { recordsParquet } = await import('./parquet.ts');
      return [{ path: 'records.parquet', bytes: recordsParquet(run) }];
    },
  },
  csv: {
    label: 'CSV',
    means: 'one row a record',
    ending: ['.csv'],
    files: async (run) => [{ path: 'records.csv', text: recordsCsv(run) }],
  },
  official: {
    label: "The benchmark's own files",
    means: "<key>_<mode>.json as the benchmark's own code writes them",
    ending: null,
    files: async (run) => officialFiles(run),
  },
  'model-card': {
    label: 'Model card',
    means: 'the block of metrics for a model card (YAML model-index)',
    ending: ['.md', '.yaml', '.yml'],
    files: async (run) => [modelCard(run)],
  },
} as const satisfies Readonly<Record<string, ExportFormat>>;

export type ExportName = keyof typeof EXPORT_FORMATS;

/** Names of the formats, in their order. */
export function exportNames(): readonly ExportName[] {
  return Object.keys(EXPORT_FORMATS).filter((name): name is ExportName => name in EXPORT_FORMATS);
}

export function exportFormat(name: ExportName): ExportFormat {
  return EXPORT_FORMATS[name];
}

function officialFiles(run: DerivedRun): readonly ExportFile[] {
  const files = officialTexts(run).map(({ path, text }) => ({ path: path.replace(/^official\//, ''), text }));
  if (files.length > 0) return files;
  throw new FaultError(
    fault(
      'unsupported',
      `The benchmark's own code knows none of these methods (${Object.keys(run.summary.methods).join(', ')}), or no pair of them is scored: there is no official file to write.`,
    ),
  );
}

/** What a run's results are exported from. */
export interface ExportSource {
  readonly info: RunInfo;
  readonly benchmark: Benchmark;
  readonly records: readonly ResultRecord[];
  readonly limit?: number | null;
}

/**
 * Writes results in a format.
 * @throws FaultError 'unsupported' where the format has no place for any of them
 */
export async function exportResults(name: ExportName, source: ExportSource): Promise<readonly ExportFile[]> {
  const { info, benchmark, records, limit = null } = source;
  return exportFormat(name).files(derivedRun(info, benchmark, records, limit));
}
