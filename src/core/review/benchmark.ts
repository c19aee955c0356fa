import { csvText, pythonList } from '../benchmark/csv-write.ts';
import type { Draft } from '../drafting/draft.ts';
import { CATEGORY_LISTS, categoryPrompt, DRAFT_SYSTEM, DRAFT_TEMPLATE } from '../drafting/prompts.ts';
import { orderCategories } from '../statistics/counts.ts';
import { untouched } from './fold.ts';
import type { ReviewFields } from './events.ts';
import type { Printed } from './print-checks.ts';
import type { Outcome } from './resolve.ts';

/** A pair that enters the benchmark. */
interface Entry {
  readonly draft: Draft;
  readonly values: ReviewFields;
}

/** An image of the benchmark: where it comes from, and the file that it becomes. */
export interface BenchmarkImage {
  /** Path in the collection. */
  readonly from: string;
  readonly sha256: string;
  readonly local: number;
  /** Path in the benchmark's folder. */
  readonly to: string;
}

export interface BenchmarkFiles {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly images: readonly BenchmarkImage[];
  readonly pairs: number;
  /** The questions under their ids, for the checks before print. */
  readonly printed: readonly Printed[];
}

const FIRST_PAIR = 10_001;
const FIRST_IMAGE = 20_001;
const ending = (path: string): string => /\.([A-Za-z0-9]{1,5})$/.exec(path)?.[1]?.toLowerCase() ?? 'png';

/** Every valid draft as it is: what a benchmark without a review holds. */
export function unreviewedEntries(drafts: readonly Draft[]): readonly Entry[] {
  return drafts.filter((d) => d.status === 'valid').map((draft) => ({ draft, values: untouched(draft) }));
}

/** The kept pairs of a review. */
export function reviewedEntries(outcomes: readonly Outcome[]): readonly Entry[] {
  return outcomes.flatMap(({ draft, values }) => (values === null ? [] : [{ draft, values }]));
}

/** Each image once, by its content, in the order of first use. */
function numberImages(entries: readonly Entry[]): ReadonlyMap<string, BenchmarkImage> {
  const images = new Map<string, BenchmarkImage>();
  for (const { draft } of entries)
    for (const [i, from] of [draft.image_1, draft.image_2].entries()) {
      const sha256 = draft.sha256[i] ?? '';
      if (images.has(sha256)) continue;
      const local = FIRST_IMAGE + images.size;
      images.set(sha256, { from, sha256, local, to: `data/images/${local}.${ending(from)}` });
    }
  return images;
}

type Value = string | number | boolean | null | readonly string[];
/** A pair in the field order of the published file; what is ours stands behind it. */
function fieldsOf(
  { draft, values }: Entry,
  images: ReadonlyMap<string, BenchmarkImage>,
  reviewed: boolean,
): Readonly<Record<string, Value>> {
  const { parsed } = draft;
  const local = (i: 0 | 1): number => images.get(draft.sha256[i])?.local ?? 0;
  const letter = (i: 0 | 1): string => (values.answers[i] === 1 ? 'A' : 'B');
  return {
    ...{ im_1: draft.image_1, im_2: draft.image_2, im_1_local: local(0), im_2_local: local(1) },
    ...{ cap_1: draft.captions[0], cap_2: draft.captions[1] },
    ...{ category_1: values['categories-1'], category_2: values['categories-2'] },
    ...{ sim_med: draft.sim_med, sim_gen: draft.sim_gen },
    question: values.wording.question,
    option_A: values.wording.option_1,
    option_B: values.wording.option_2,
    ...{ im_1_correct: letter(0), im_2_correct: letter(1) },
    AI_question: parsed?.question ?? null,
    AI_option_A: parsed?.option_1 ?? null,
    AI_option_B: parsed?.option_2 ?? null,
    ...(values.pattern === null ? {} : { pattern: values.pattern }),
    reviewed,
  };
}

function cellOf(value: Value | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? pythonList(value) : String(value);
}

/** dataset.csv as pandas writes the published one: the first column is the row's number and has no name. */
function datasetCsv(rows: readonly (readonly [string, Readonly<Record<string, Value>>])[]): string {
  const columns = [...new Set(rows.flatMap(([, fields]) => Object.keys(fields)))];
  return csvText([
    ['', 'id', ...columns],
    ...rows.map(([id, fields], i) => [String(i), id, ...columns.map((c) => cellOf(fields[c]))]),
  ]);
}

/** Images by category, an image counted in every pair that it is in, as the published file counts them. */
function statisticsOf(entries: readonly Entry[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { values } of entries)
    for (const c of [...values['categories-1'], ...values['categories-2']]) counts.set(c, (counts.get(c) ?? 0) + 1);
  return Object.fromEntries(orderCategories(counts.keys()).map((c) => [c, counts.get(c) ?? 0]));
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 4)}\n`;

/**
 * The files of a benchmark in the MediConfusion layout (arXiv 2409.15477, and its code): questions twice, statistics, the way from images to local
 * ids, and the prompts. Images are named with where they come from; whoever writes the folder copies them.
 * @param answering the official prompts of evaluation, as they are
 */
export function benchmarkFiles(entries: readonly Entry[], reviewed: boolean, answering: unknown): BenchmarkFiles {
  const images = numberImages(entries);
  const rows = entries.map((e, i) => [String(FIRST_PAIR + i), fieldsOf(e, images, reviewed)] as const);
  const drafting = {
    question_generation: { system: DRAFT_SYSTEM, user: DRAFT_TEMPLATE },
    category_assignment: { ...categoryPrompt('{caption}', ['{categories}']), lists: CATEGORY_LISTS },
  };
  const dict = Object.fromEntries([...images.values()].map((i) => [i.from, { local: i.local, sha256: i.sha256 }]));
  return {
    files: [
      { path: 'data/dataset.json', text: json(Object.fromEntries(rows)) },
      { path: 'data/dataset.csv', text: datasetCsv(rows) },
      { path: 'data/stats/statistics.json', text: json(statisticsOf(entries)) },
      { path: 'data/image_dict.json', text: json(dict) },
      { path: 'configs/prompts/answering.json', text: json(answering) },
      { path: 'configs/prompts/drafting.json', text: json(drafting) },
    ],
    images: [...images.values()],
    pairs: rows.length,
    printed: entries.map((e, i) => ({
      ...{ id: String(FIRST_PAIR + i), wording: e.values.wording, images: e.draft.sha256 },
    })),
  };
}
