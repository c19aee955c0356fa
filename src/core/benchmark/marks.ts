import { MARKS_FILE, readMarkFile } from '../images/marks/file.ts';
import type { Benchmark, Problem } from './types.ts';

/**
 * A benchmark with the marks that lie beside it. Marks of other pairs are left out: a part of a benchmark may come with the marks of the whole. A file that
 * cannot be read is a problem of the benchmark and stops nothing.
 * @param text of the file; null where there is none
 */
export function withMarks(benchmark: Benchmark, text: string | null): Benchmark {
  if (text === null) return benchmark;
  const read = readMarkFile(MARKS_FILE, text);
  if (!read.ok) {
    const { message } = read.fault;
    const problem: Problem = { pair: null, place: MARKS_FILE, message, severity: 'warning' };
    return { ...benchmark, problems: [...benchmark.problems, problem] };
  }
  const known = new Set([...benchmark.pairs.map((p) => p.id), ...benchmark.skipped.map((s) => s.pair)]);
  return { ...benchmark, marks: Object.fromEntries(Object.entries(read.value).filter(([id]) => known.has(id))) };
}
