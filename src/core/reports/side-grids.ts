import { conditionFacts } from '../methods/conditions.ts';
import { patternNames, patternsOf, type Overlay } from '../overlay/overlay.ts';
import { breakdown } from '../statistics/breakdown.ts';
import { categoriesOf, countCategories, pairAnswers, type PairAnswers } from '../statistics/counts.ts';
import { percentOfTotal } from '../statistics/rounding.ts';
import { indexOf } from './answers.ts';
import { commonBenchmark } from './compare-grids.ts';
import { cell, percentText, signed, type Cell, type Grid } from './grid.ts';
import { headed, headedMethods, headName, numbered } from './heads.ts';
import { similarityCells, SIMILARITY_COLUMNS, SIMILARITY_WORDS } from './image-similarity.ts';
import type { Subject } from './subject.ts';

/* What several runs have in common or not, side by side: their categories and patterns, sensitivity, similarity. */

/** Set accuracy by category, by the published rules; null where no image of a category is scored. */
function bySetOfCategory(answers: readonly PairAnswers[], groups: readonly string[]): readonly (number | null)[] {
  const counts = countCategories(answers, groups);
  return groups.map((g) => {
    const c = counts[g];
    return c && c.images > 0 ? percentOfTotal(c.set, c.images) : null;
  });
}

/** Set accuracy by category or pattern, runs and methods as columns: a heatmap's numbers. */
export function heatGrid(
  subjects: readonly Subject[],
  by: 'category' | 'pattern',
  overlay: Overlay | null,
): Grid | null {
  const benchmark = commonBenchmark(subjects);
  const columns = headedMethods(subjects);
  const groups = by === 'pattern' ? patternNames(benchmark, overlay) : categoriesOf(benchmark);
  if (groups.length === 0 || columns.length === 0) return null;
  const tables = columns.map(({ subject, method }) =>
    by === 'pattern'
      ? breakdown(benchmark, subject.records, method, groups, (p) => patternsOf(p, overlay)).map((g) =>
          g.counts.pairs === 0 ? null : g.set,
        )
      : bySetOfCategory(pairAnswers(benchmark, indexOf(subject), method), groups),
  );
  return {
    caption: `Set accuracy by ${by}, %`,
    groups: null,
    columns: [by === 'pattern' ? 'Pattern' : 'Category', ...columns.map((c) => c.head)],
    rows: groups.map((g, i) => [cell(g), ...tables.map((t) => cell(percentText(t[i] ?? null)))]),
    notes: numbered(subjects),
  };
}

/** Position bias, image-blindness and steadiness under other words of all runs side by side; null where no run was asked under conditions. */
export function sensitivityGrid(subjects: readonly Subject[]): Grid | null {
  const all = subjects.flatMap((s, i) =>
    Object.entries(s.summary.sensitivity ?? {}).map(([method, value]) => ({
      head: headed(subjects, i, method),
      value,
    })),
  );
  if (all.length === 0) return null;
  const kinds = [...new Set(all.flatMap(({ value }) => value.blindness.map((b) => b.condition)))];
  const words = [...new Set(all.flatMap(({ value }) => value.wording.map((w) => w.paraphrase)))].sort((a, b) => a - b);
  const share = (of: { readonly same: number; readonly questions: number } | undefined): Cell =>
    cell(of ? `${percentText(of.same)} of ${of.questions}` : '-');
  return {
    caption: 'Sensitivity, % of questions with both answers valid',
    groups: null,
    columns: [
      ...[headName(subjects), 'Position bias', 'Same option when exchanged'],
      ...kinds.map((k) => `Same ${conditionFacts(k).without ?? conditionFacts(k).label}`),
      ...words.map((n) => `Same under paraphrase ${n}`),
    ],
    rows: all.map(({ head, value: { position, blindness, wording } }) => [
      ...[head, position ? signed(position.bias, 2) : '-'].map((t) => cell(t)),
      share(position ? { same: position.steady, questions: position.questions } : undefined),
      ...kinds.map((k) => share(blindness.find((b) => b.condition === k))),
      ...words.map((n) => share(wording.find((w) => w.paraphrase === n))),
    ]),
    notes: [
      ...numbered(subjects),
      'Position bias: always the option shown first less always the second, in percentage points.',
    ],
  };
}

/** How similarity in the models' own image features and confusion go together, runs below one another; null where no run knows similarities. */
export function similaritySideGrid(subjects: readonly Subject[]): Grid | null {
  const rows = headedMethods(subjects).flatMap(({ subject, method, head }) => {
    const effect = subject.summary.imageSimilarity?.[method];
    return effect ? [[head, ...similarityCells(effect)].map((t) => cell(t))] : [];
  });
  if (rows.length === 0) return null;
  return {
    caption: "Confusion and similarity in each model's own image features",
    groups: null,
    columns: [headName(subjects), ...SIMILARITY_COLUMNS],
    rows,
    notes: [...numbered(subjects), SIMILARITY_WORDS],
  };
}
