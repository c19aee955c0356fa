import { fileName } from '../../paths.ts';
import { fail, fault, type Result } from '../../fault.ts';
import { CSV_FORMAT } from './csv.ts';
import { JSON_FORMAT } from './json.ts';
import type { BenchmarkFormat, Rows } from './types.ts';

/**
 * Every format of a question file: one file here, one line, one fixture (a folder in test/data/benchmarks). Where a folder holds several, the
 * first of this list is read. Finding, reading, the picker and all messages go by it.
 */
export const BENCHMARK_FORMATS: BenchmarkFormat[] = [JSON_FORMAT, CSV_FORMAT];

/** The names that a question file usually has: `dataset.json`, `dataset.csv`. */
export function questionFileNames(): readonly string[] {
  return BENCHMARK_FORMATS.map(({ ending }) => `dataset.${ending}`);
}

/** `dataset.json or dataset.csv`, for sentences. */
export function questionFileWords(): string {
  return questionFileNames().join(' or ');
}

/** Whether a path names a question file, wherever it lies. */
export function isQuestionFile(path: string): boolean {
  const name = fileName(path).toLowerCase();
  return BENCHMARK_FORMATS.some((format) => endingsOf(format).some((ending) => name === `dataset.${ending}`));
}

/** The place of a file's format in the list; -1 for none. */
export function formatRank(path: string): number {
  return BENCHMARK_FORMATS.findIndex((format) => endingsOf(format).some((e) => path.toLowerCase().endsWith(`.${e}`)));
}

function endingsOf({ ending, also = [] }: BenchmarkFormat): readonly string[] {
  return [ending, ...also];
}

/**
 * Splits a question file into pairs.
 * @returns a fault where nothing can be read at all
 */
export function readRows(path: string, text: string): Result<Rows> {
  const format = BENCHMARK_FORMATS[formatRank(path)];
  if (format) return format.rows(path, text);
  const known = BENCHMARK_FORMATS.map(({ label }) => label).join(', ');
  return fail(fault('unsupported', `${path} is in no format that is read here (${known}).`, { path }));
}
