import { csvText } from '../benchmark/csv-write.ts';
import type { Pair } from '../benchmark/types.ts';
import { BLIND_TIMES, blindFlag, leaning, wordingKey, type BlindOdds } from './blind.ts';
import type { Wording } from './events.ts';
import { printChecks, type Printed, type PrintFlag } from './print-checks.ts';

/** A model that was asked questions without images. */
export interface BlindFound {
  /** As messages and tables name it. */
  readonly by: string;
  readonly odds: ReadonlyMap<string, BlindOdds>;
}

const wordingOf = ({ question, options }: Pick<Pair, 'question' | 'options'>): Wording => ({
  question,
  option_1: options.A,
  option_2: options.B,
});

/** The checks before print of a benchmark that is there already. @param times see `BLIND_TIMES` */
export function lintPairs(
  pairs: readonly Pair[],
  blind: BlindFound | null,
  times: number,
): ReadonlyMap<string, readonly PrintFlag[]> {
  const printed = pairs.map((p) => ({
    ...{ id: p.id, wording: wordingOf(p) },
    images: p.images.map((i) => i.sha256 ?? i.local ?? i.path),
  }));
  return printChecks(printed, blind ? blindFlags(printed, blind, times) : undefined);
}

/** What a model without images flags, by id. */
function blindFlags(
  questions: readonly { readonly id: string; readonly wording: Wording }[],
  { by, odds }: BlindFound,
  times: number,
): ReadonlyMap<string, PrintFlag> {
  const flags = new Map<string, PrintFlag>();
  for (const { id, wording } of questions) {
    const read = odds.get(id);
    const flag = read === undefined ? null : blindFlag(read, wording, by, times);
    if (flag) flags.set(id, flag);
  }
  return flags;
}

/** The checks of questions that may have been asked without images before, under their words. */
export function checksOf(
  questions: readonly Printed[],
  asked: { readonly by: string; readonly odds: Readonly<Record<string, BlindOdds>> } | null,
): ReadonlyMap<string, readonly PrintFlag[]> {
  if (asked === null) return printChecks(questions);
  const odds = new Map(
    questions.flatMap(({ id, wording }) => {
      const read = asked.odds[wordingKey(wording)];
      return read === undefined ? [] : [[id, read] as const];
    }),
  );
  return printChecks(questions, blindFlags(questions, { by: asked.by, odds }, BLIND_TIMES));
}

/** blind.csv: what a model that was asked without images made of each question. */
export function blindCsv(pairs: readonly Pair[], { by, odds }: BlindFound): string {
  const rows = pairs.flatMap(({ id, options }) => {
    const read = odds.get(id);
    if (read === undefined) return [];
    const { option, times, steady } = leaning(read);
    const likelier = option === 1 ? 'A' : 'B';
    const said = [likelier, options[likelier], times.toPrecision(6), steady ? 'true' : 'false'];
    return [[id, by, ...read.map((x) => x.toFixed(6)), ...said]];
  });
  const head = ['pair', 'model', 'log_odds', 'log_odds_exchanged', 'likelier', 'option', 'times', 'in_both_orders'];
  return csvText([head, ...rows]);
}
