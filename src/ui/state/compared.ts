import { limitBenchmark } from '../../core/benchmark/select.ts';
import { readAs, type Reading } from '../../core/scoring/again.ts';
import { recordsOf } from '../../store/records.ts';
import type { StoredRun } from '../../store/rows.ts';
import type { ComparedRun } from '../lib/compare.ts';
import { when } from '../lib/format.ts';
import { modelName } from '../lib/models.ts';
import { readableIn } from '../lib/reading.ts';
import { summaryOf } from '../lib/summary.ts';
import { intervalOfSet } from './bootstrap.ts';
import { benchmarkOf } from './benchmarks.svelte.ts';
import { library } from './library.svelte.ts';

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
    const summary = summaryOf(benchmark, limit, records);
    const best = summary.best?.set.method;
    read.push({
      run,
      title: titleAmong(run, runs),
      benchmark: benchmark.name,
      benchmarkSha256: benchmark.sha256,
      pairs: limited.pairs.length,
      mcTexts: readableIn(kept).mc,
      summary,
      interval: best ? await intervalOfSet(limited, records, best) : null,
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
