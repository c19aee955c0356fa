import type { Letter, Pair } from '../../benchmark/types.ts';
import { guardedCell } from '../../reports/grid.ts';
import type { OptionScore, ResultRecord } from '../../records/record.ts';
import { strictJson } from '../canonical.ts';
import type { DerivedRun } from '../derived.ts';

type Value = string | number | boolean | null;

/** A column of the table with one row a record: the same in CSV and in Parquet. */
export interface RecordColumn {
  readonly name: string;
  readonly type: 'STRING' | 'BOOLEAN' | 'INT32' | 'DOUBLE';
  readonly of: (record: ResultRecord, of: OfPair) => Value;
}

/** What is known of a record's pair: itself, and how alike its images are to the tested model; null where nothing is. */
export interface OfPair {
  readonly pair: Pair | null;
  readonly similarity: number | null;
}

const scored = <T>(r: ResultRecord, of: (r: Extract<ResultRecord, { status: 'scored' }>) => T): T | null =>
  r.status === 'scored' ? of(r) : null;
const option =
  <T>(letter: Letter, of: (o: OptionScore) => T) =>
  (r: ResultRecord): T | null =>
    r.options === null ? null : of(r.options[letter]);
const imageOf = (r: ResultRecord, pair: Pair | null) => pair?.images[r.image === 1 ? 0 : 1] ?? null;
const list = (values: readonly (string | number)[]): string => strictJson(values);

/** Lists (categories, token ids, log-probabilities, notes, what was done to the image) are JSON in their cell. */
export const RECORD_COLUMNS: readonly RecordColumn[] = [
  { name: 'pair', type: 'STRING', of: (r) => r.pair },
  { name: 'image', type: 'INT32', of: (r) => r.image },
  { name: 'method', type: 'STRING', of: (r) => r.method },
  { name: 'status', type: 'STRING', of: (r) => r.status },
  { name: 'chosen', type: 'STRING', of: (r) => r.chosen },
  { name: 'right', type: 'STRING', of: (r) => r.right },
  { name: 'correct', type: 'BOOLEAN', of: (r) => r.correct },
  { name: 'score_a', type: 'DOUBLE', of: option('A', (o) => o.score) },
  { name: 'score_b', type: 'DOUBLE', of: option('B', (o) => o.score) },
  { name: 'sum_a', type: 'DOUBLE', of: option('A', (o) => o.sum) },
  { name: 'sum_b', type: 'DOUBLE', of: option('B', (o) => o.sum) },
  { name: 'pmi_a', type: 'DOUBLE', of: option('A', (o) => o.pmi ?? null) },
  { name: 'pmi_b', type: 'DOUBLE', of: option('B', (o) => o.pmi ?? null) },
  { name: 'margin', type: 'DOUBLE', of: (r) => scored(r, (s) => s.margin) },
  { name: 'mass', type: 'DOUBLE', of: (r) => scored(r, (s) => s.mass) },
  { name: 'tokens_a', type: 'STRING', of: option('A', (o) => list(o.tokens)) },
  { name: 'tokens_b', type: 'STRING', of: option('B', (o) => list(o.tokens)) },
  { name: 'token_logprobs_a', type: 'STRING', of: option('A', (o) => list(o.tokenLogprobs)) },
  { name: 'token_logprobs_b', type: 'STRING', of: option('B', (o) => list(o.tokenLogprobs)) },
  { name: 'text', type: 'STRING', of: (r) => scored(r, (s) => s.text) },
  { name: 'thought', type: 'STRING', of: (r) => scored(r, (s) => s.thought ?? null) },
  { name: 'judge', type: 'STRING', of: (r) => scored(r, (s) => s.judge?.name ?? null) },
  { name: 'judge_a', type: 'DOUBLE', of: (r) => scored(r, (s) => s.judge?.a ?? null) },
  { name: 'judge_b', type: 'DOUBLE', of: (r) => scored(r, (s) => s.judge?.b ?? null) },
  { name: 'prompt_tokens', type: 'INT32', of: (r) => scored(r, (s) => s.promptTokens) },
  { name: 'notes', type: 'STRING', of: (r) => list(r.notes) },
  { name: 'fault', type: 'STRING', of: (r) => (r.status === 'failed' ? r.fault.code : null) },
  { name: 'fault_message', type: 'STRING', of: (r) => (r.status === 'failed' ? r.fault.message : null) },
  { name: 'image_sha256', type: 'STRING', of: (r) => r.imageSha256 },
  { name: 'image_path', type: 'STRING', of: (r, { pair }) => imageOf(r, pair)?.path ?? null },
  { name: 'categories', type: 'STRING', of: (r, { pair }) => list(imageOf(r, pair)?.categories ?? []) },
  { name: 'question', type: 'STRING', of: (_, { pair }) => pair?.question ?? null },
  { name: 'option_a', type: 'STRING', of: (_, { pair }) => pair?.options.A ?? null },
  { name: 'option_b', type: 'STRING', of: (_, { pair }) => pair?.options.B ?? null },
  { name: 'extra', type: 'STRING', of: (_, { pair }) => (pair === null ? null : strictJson(pair.extra)) },
  { name: 'changes', type: 'STRING', of: (r) => (r.changes === undefined ? null : strictJson(r.changes)) },
  { name: 'image_similarity', type: 'DOUBLE', of: (_, { similarity }) => similarity },
];

/** What is known of a record's pair. */
export function pairFinder({
  benchmark,
  run,
}: Pick<DerivedRun, 'benchmark' | 'run'>): (record: ResultRecord) => OfPair {
  const byId = new Map(benchmark.pairs.map((p) => [p.id, p]));
  return ({ pair }) => ({ pair: byId.get(pair) ?? null, similarity: run.imageSimilarity?.[pair] ?? null });
}

/** One row a record as CSV (RFC 4180); what is not there is empty. */
export function recordsCsv(derived: Pick<DerivedRun, 'benchmark' | 'records' | 'run'>): string {
  const pairOf = pairFinder(derived);
  const head = RECORD_COLUMNS.map((c) => c.name);
  const rows = derived.records.map((r) => RECORD_COLUMNS.map(({ of }) => cell(of(r, pairOf(r)))));
  return [head, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** Numbers as they are, to the last digit; texts that a spreadsheet would take for a formula are guarded as in the tables. */
function cell(value: Value): string {
  return typeof value === 'string' ? guardedCell(value) : value === null ? '' : String(value);
}
