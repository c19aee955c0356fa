import { limitBenchmark } from '../../core/benchmark/select.ts';
import { readAs, type Reading } from '../../core/methods/reading.ts';
import { isPlain, orderMethods } from '../../core/methods/registry.ts';
import type { Interval } from '../../core/statistics/comparison.ts';
import { recordsOf } from '../../store/records.ts';
import type { StoredRun } from '../../store/rows.ts';
import type { ComparedRun } from './compare.ts';
import { when } from '../kit/format.ts';
import { modelName } from '../shared/models.ts';
import { readableIn } from '../shared/reading.ts';
import { numbersOf } from '../shared/numbers.ts';
import { indexRecords } from '../../core/statistics/counts.ts';
import { intervalOfSet } from '../../app/intervals.ts';
import { benchmarkOf } from '../shared/benchmarks.svelte.ts';
import { library } from '../shared/library.svelte.ts';

/** Reads the runs that have results, with their numbers computed from their records under a reading of the raw answers. */
export async function readCompared(runs: readonly StoredRun[], reading: Reading): Promise<readonly ComparedRun[]> {
  const store = await library.opened();
  const read: ComparedRun[] = [];
  for (const run of runs) {
    const benchmark = await benchmarkOf(store, run);
    const kept = await recordsOf(store, run.id);
    if (!benchmark || kept.length === 0) continue;
    const records = readAs(kept, reading);
    const limit = run.config?.limit ?? null;
    const limited = limitBenchmark(benchmark, limit);
    const index = indexRecords(records);
    const summary = numbersOf(benchmark, limit, index);
    const intervals: Record<string, Interval> = {};
    for (const method of orderMethods(Object.keys(summary.methods)).filter(isPlain)) {
      const interval = await intervalOfSet(limited, index, method);
      if (interval) intervals[method] = interval;
    }
    read.push({
      run,
      title: titleAmong(run, runs),
      benchmark: benchmark.name,
      benchmarkSha256: benchmark.sha256,
      pairs: limited.pairs.length,
      mcTexts: readableIn(kept).mc,
      summary,
      held: { info: run.info, benchmark, records: kept },
      intervals,
    });
  }
  return read;
}

/** The model's name; with the day where several runs have the same. */
function titleAmong(run: StoredRun, runs: readonly StoredRun[]): string {
  const name = (r: StoredRun): string => modelName(r.info?.model.id ?? r.config?.modelId ?? r.id);
  const same = runs.filter((r) => name(r) === name(run)).length > 1;
  return same ? `${name(run)}, ${when(run.createdAt)}` : name(run);
}
