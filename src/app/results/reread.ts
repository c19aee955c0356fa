import type { Benchmark } from '../../core/benchmark/types.ts';
import { FaultError } from '../../core/fault.ts';
import { asPublished, PUBLISHED_READING, type Reading } from '../../core/methods/reading.ts';
import type { ResultRecord } from '../../core/records/record.ts';
import { withReading, type RunInfo } from '../../core/records/run-info.ts';
import { refusal } from '../resume.ts';

/** What numbers are derived from. */
export interface Reread {
  /** With the reading under which its answers count now. */
  readonly info: RunInfo;
  /** As they are kept: read as published. */
  readonly records: readonly ResultRecord[];
}

/**
 * Results read anew, without a model: an import that is looked at under another parser, on the page and on the command line.
 * @param benchmark that the records are held against
 * @throws FaultError 'another-run' when the records are of another benchmark
 */
export function readResultsAnew(
  { info, records }: Reread,
  benchmark: Pick<Benchmark, 'name' | 'sha256'>,
  reading: Partial<Reading>,
): Reread {
  if (benchmark.sha256 !== info.benchmark.sha256)
    throw new FaultError(
      refusal([{ what: 'benchmark', before: benchmarkName(info.benchmark), now: benchmarkName(benchmark) }]),
    );
  return {
    info: withReading(info, { ...PUBLISHED_READING, ...reading }),
    records: asPublished(records, info.reading),
  };
}

function benchmarkName({ name, sha256 }: Pick<Benchmark, 'name' | 'sha256'>): string {
  return `${name} (${sha256.slice(0, 8)})`;
}
