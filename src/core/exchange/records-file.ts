import type { Benchmark } from '../benchmark/types.ts';
import { orderMethods } from '../methods/registry.ts';
import { recordKey, type ResultRecord } from '../records/record.ts';
import { strictJson } from './canonical.ts';

/** Records in the benchmark's order, then image 1 before 2, then methods as the paper orders them; each key once, the later record. */
export function inOrder(
  benchmark: Pick<Benchmark, 'pairs'>,
  records: readonly ResultRecord[],
): readonly ResultRecord[] {
  const place = new Map(benchmark.pairs.map((p, i) => [p.id, i]));
  const methods = orderMethods(records.map((r) => r.method));
  const rank = new Map(methods.map((m, i) => [m, i]));
  const kept = [...new Map(records.map((r) => [recordKey(r), r])).values()];
  const at = (r: ResultRecord): number => place.get(r.pair) ?? place.size;
  return kept.sort(
    (a, b) => at(a) - at(b) || a.image - b.image || (rank.get(a.method) ?? 0) - (rank.get(b.method) ?? 0),
  );
}

/**
 * records.jsonl: a line for each record.
 * @throws RangeError naming the record where a number is NaN or infinite
 */
export function recordsText(records: readonly ResultRecord[]): string {
  return records.map((r) => `${recordLine(r)}\n`).join('');
}

/** One line of records.jsonl, without its end. */
function recordLine(record: ResultRecord): string {
  try {
    return strictJson(record);
  } catch (e) {
    const why = e instanceof Error ? e.message : String(e);
    throw new RangeError(`Record ${recordKey(record)}: ${why}`, { cause: e });
  }
}

/**
 * Whole lines of a records.jsonl, parsed and not yet checked; a last line without an end, torn by a crash, is dropped.
 * @returns lines that are no JSON are named by their number
 */
export function parseRecordLines(text: string): {
  readonly records: readonly unknown[];
  readonly broken: readonly number[];
  readonly torn: boolean;
} {
  const end = text.lastIndexOf('\n') + 1;
  const records: unknown[] = [];
  const broken: number[] = [];
  text
    .slice(0, end)
    .split('\n')
    .forEach((line, i) => {
      if (line.trim() === '') return;
      try {
        const record: unknown = JSON.parse(line);
        records.push(record);
      } catch {
        broken.push(i + 1);
      }
    });
  return { records, broken, torn: end < text.length };
}
