import type { Benchmark, Letter, Pair } from '../benchmark/types.ts';
import { answered, categoriesOf, countCategories, countPairs, indexRecords } from '../statistics/counts.ts';
import type { OfficialFile } from '../methods/method.ts';
import { officialRecords } from '../methods/registry.ts';
import { recordKey, type ScoredRecord, type ResultRecord } from '../records/record.ts';

/** A mode of the benchmark's own code: what its result files are named by. */
export interface Mode extends OfficialFile {
  /** The recorded method that it is. */
  readonly method: string;
}

/** All modes, in the order of the methods. */
export function officialModes(): readonly Mode[] {
  return officialRecords().map(({ record, file }) => ({ ...file, method: record }));
}

/** The mode that a recorded method is written as; null for methods that the official code does not know. */
export function modeOf(method: string): Mode | null {
  return officialModes().find((m) => m.method === method) ?? null;
}

/** Key and mode of `<key>_<mode>.json`; the key may hold underscores itself. */
export function parseOfficialName(name: string): { readonly key: string; readonly mode: Mode } | null {
  const m = /(?:^|[\\/])([^\\/]+)_([A-Za-z\d]+)(?: ?\(\d+\))?\.json$/i.exec(name);
  const mode = officialModes().find((x) => x.mode === m?.[2]?.toLowerCase());
  return m?.[1] === undefined || !mode ? null : { key: m[1], mode };
}

/** A model's id as the key of official files: the last part, in letters that any file system takes. */
export function officialKey(modelId: string): string {
  const last =
    modelId
      .split(/[\\/]/)
      .filter((x) => x !== '')
      .at(-1) ?? '';
  const safe = last.replace(/[^A-Za-z0-9.-]+/g, '_').replace(/^[._]+|[._]+$/g, '');
  return safe === '' ? 'model' : safe;
}

/** The sums of the published code's score tables, by category and in total; a chosen letter's, not percentages. */
export type OfficialScore = Readonly<Record<(typeof SCORES)[number], Readonly<Record<string, number>>>>;
export const SCORES = ['set_score', 'individual_score', 'confused', 'invalid', 'valids', 'valid_pairs'] as const;

/** The score table of some pairs (utils/answering.py, create_score_table): `valids` are valid pairs, `valid_pairs` the unconfused among them. */
export function officialScore(
  answers: readonly { readonly pair: Pair; readonly chosen: readonly [Letter | null, Letter | null] }[],
  categories: readonly string[],
): OfficialScore {
  const total = countPairs(answers);
  const by = countCategories(answers, categories);
  const table = (
    key: 'set' | 'individual' | 'confused' | 'invalid' | 'validPairs' | 'unconfused',
  ): Record<string, number> => ({
    ...Object.fromEntries(categories.map((c) => [c, by[c]?.[key] ?? 0])),
    total: total[key],
  });
  return {
    set_score: table('set'),
    individual_score: table('individual'),
    confused: table('confused'),
    invalid: table('invalid'),
    valids: table('validPairs'),
    valid_pairs: table('unconfused'),
  };
}

/**
 * `<key>_<mode>.json` in the form that the benchmark's own code writes (utils/answering.py): for each pair the two answers and its score table. Pairs
 * with a failed, missing or unjudged question are left out, as if the code had not come to them.
 * @returns null when the official code knows no such method, or no pair is scored
 */
export function officialFile(
  benchmark: Pick<Benchmark, 'pairs'>,
  records: readonly ResultRecord[],
  method: string,
): string | null {
  const mode = modeOf(method);
  if (mode === null) return null;
  const index = indexRecords(records);
  const categories = categoriesOf(benchmark);
  const entries = benchmark.pairs.flatMap((pair): string[] => {
    const one = answered(index.get(recordKey({ pair: pair.id, image: 1, method })));
    const two = answered(index.get(recordKey({ pair: pair.id, image: 2, method })));
    if (!one || !two) return [];
    const score = officialScore([{ pair, chosen: [one.chosen, two.chosen] }], categories);
    const entry = { answer: { im1: officialAnswer(one, mode), im2: officialAnswer(two, mode) }, score };
    // Written member by member: an object would move ids that look like numbers.
    return [`    ${pythonString(pair.id)}: ${asciiJson(entry).replace(/\n/g, '\n    ')}`];
  });
  return entries.length === 0 ? null : `{\n${entries.join(',\n')}\n}`;
}

/** An answer as the official code writes it: 10 and 0 for a letter, the judge's scores for FF, which has its fields in another order. */
function officialAnswer(r: ScoredRecord, { answer }: Mode): Readonly<Record<string, string | number | null>> {
  if (answer === 'scores') {
    const { a, b } = r.judge ?? { a: r.chosen === 'A' ? 10 : 0, b: r.chosen === 'B' ? 10 : 0 };
    return { A: a ?? 0, B: b ?? 0, gpt_reason: r.judge?.text ?? '', full_answer: r.text };
  }
  const text = answer === 'text' ? r.text : r.chosen;
  return { full_answer: text, A: r.chosen === 'A' ? 10 : 0, B: r.chosen === 'B' ? 10 : 0 };
}

/** JSON as Python's json.dump writes it with four spaces: everything beyond ASCII escaped. */
function asciiJson(value: unknown): string {
  return escaped(JSON.stringify(value, null, 4));
}

function pythonString(text: string): string {
  return escaped(JSON.stringify(text));
}

function escaped(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
