import { methodName } from '../methods/labels.ts';
import type { SimilarityEffect } from '../statistics/image-similarity.ts';
import { cell, type Grid } from './grid.ts';

/** What is compared, in one sentence. */
export const SIMILARITY_WORDS =
  "Similarity: cosine of the means of the image features that the model's decoder is given. A positive rank correlation says that the model confuses the pairs that look alike to itself.";

export const SIMILARITY_COLUMNS = [
  ...['Mean, confused', 'Mean, not confused', 'Rank correlation', '95% interval', 'Pairs confused'],
] as const;

/** The numbers of one method under those columns. */
export function similarityCells(e: SimilarityEffect): readonly string[] {
  const number = (x: number | null, digits = 3): string => (x === null ? '-' : x.toFixed(digits));
  return [
    ...[number(e.meanConfused), number(e.meanOther), number(e.spearman, 2)],
    e.interval ? `${number(e.interval.low, 2)} to ${number(e.interval.high, 2)}` : '-',
    `${e.confused} of ${e.pairs}`,
  ];
}

/** How similarity and confusion go together, by method. */
export function similarityGrids(
  found: Readonly<Record<string, SimilarityEffect>>,
  notes: readonly string[],
): readonly Grid[] {
  const effects = Object.entries(found);
  if (effects.length === 0) return [];
  return [
    {
      caption: "Confusion and similarity in the model's own image features",
      groups: null,
      columns: ['Method', ...SIMILARITY_COLUMNS],
      rows: effects.map(([method, e]) => [methodName(method), ...similarityCells(e)].map((t) => cell(t))),
      notes: [...notes, SIMILARITY_WORDS],
    },
  ];
}
