import type { Benchmark } from '../core/benchmark/types.ts';

/** How many problems are named one by one. */
const NAMED = 20;

/** The lines that say what a benchmark holds and what is wrong with it. */
export function benchmarkLines({
  name,
  pairs,
  problems,
  skipped,
}: Pick<Benchmark, 'name' | 'pairs' | 'problems' | 'skipped'>): readonly string[] {
  const cannot = skipped.length > 0 ? `, ${skipped.length} more cannot run` : '';
  const named = problems.slice(0, NAMED).map((problem) => {
    const where = problem.pair === null ? problem.place : `pair ${problem.pair}, ${problem.place}`;
    return `  ${problem.severity}: ${where}: ${problem.message}`;
  });
  const more = problems.length > NAMED ? [`  and ${problems.length - NAMED} more.`] : [];
  return [`Benchmark ${name}: ${pairs.length} pairs${cannot}.`, ...named, ...more];
}
