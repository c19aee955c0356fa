import { limitBenchmark } from '../../core/benchmark/select.ts';
import { setInterval as intervalOfSet } from '../../core/metrics/interval.ts';
import { recordsOf } from '../../store/records.ts';
import type { StoredRun } from '../../store/rows.ts';
import { certificateState, readCertificate } from '../lib/certificate.ts';
import type { ComparedRun } from '../lib/compare.ts';
import { runTitle } from '../lib/runs.ts';
import { modelName } from '../lib/models.ts';
import { summaryOf } from '../lib/summary.ts';
import { benchmarkOf } from './benchmarks.svelte.ts';
import { library } from './library.svelte.ts';

/** Reads the runs that have results, with their numbers computed from their records. */
export async function readCompared(runs: readonly StoredRun[]): Promise<readonly ComparedRun[]> {
  const store = await library.opened();
  const rows: ComparedRun[] = [];
  for (const run of runs) {
    const benchmark = await benchmarkOf(store, run);
    const records = await recordsOf(store, run.id);
    if (!benchmark || records.length === 0) continue;
    const limit = run.config?.limit ?? null;
    const limited = limitBenchmark(benchmark, limit);
    const summary = summaryOf(benchmark, limit, records);
    const best = summary.best?.set?.method;
    await new Promise((resolve) => setTimeout(resolve)); // each resampling is a task of its own
    rows.push({
      id: run.id,
      title: runTitle(run),
      model: modelName(run.info?.model.id ?? run.config?.modelId ?? run.id),
      benchmark: benchmark.name,
      benchmarkSha256: benchmark.sha256,
      certified: run.status === 'imported' || certificateState(readCertificate(run.certificate)) === 'passed',
      pairs: limited.pairs.length,
      summary,
      interval: best ? intervalOfSet(limited, records, best) : null,
    });
  }
  return rows;
}
