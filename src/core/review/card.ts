import { NOT_REVIEWED } from '../benchmark/reviewed.ts';
import { csvText } from '../benchmark/csv-write.ts';
import type { Draft } from '../drafting/draft.ts';
import type { Interval } from '../statistics/comparison.ts';
import type { Thresholds } from './events.ts';
import type { PrintFlag } from './print-checks.ts';
import type { Outcome, PairOfReviewers, Reviewed } from './resolve.ts';

/** What is known of how the pairs were found: summary.json of find-pairs, as far as it is there. */
export interface SearchFacts {
  readonly collection: string | null;
  readonly images: number | null;
  readonly thresholds: { readonly med: number; readonly gen: number } | null;
  readonly encoders: readonly string[];
}

export interface CardFacts {
  readonly name: string;
  /** As its owner names it; null: none named. */
  readonly license: string | null;
  readonly lookalike: string;
  readonly madeAt: string;
  readonly pairs: number;
  readonly images: number;
  readonly drafts: readonly Draft[];
  readonly search: SearchFacts | null;
  /** What the checks before print found, by pair. */
  readonly checks: ReadonlyMap<string, readonly PrintFlag[]>;
  /** null: nobody reviewed it. */
  readonly review: {
    readonly trails: readonly Reviewed[];
    readonly outcomes: readonly Outcome[];
    readonly agreements: readonly PairOfReviewers[];
    readonly thresholds: Thresholds;
  } | null;
}

/** Pairs that did not enter, by reason. */
export function droppedCounts({
  drafts,
  review,
}: Pick<CardFacts, 'drafts' | 'review'>): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  const add = (reason: string): void => void counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const drafting = {
    none: 'no difference found',
    invalid: 'reply against the rules',
    unreadable: 'reply unreadable',
  } as const;
  for (const { status } of drafts)
    if (status === 'refused') add('caption not sent to the writer');
    else if (status !== 'valid') add(drafting[status]);
  for (const o of review?.outcomes ?? []) if (o.reason !== null && o.reason !== 'not drafted') add(o.reason);
  return Object.fromEntries(counts);
}

const number = (x: number | null, digits: number): string => (x === null ? 'not defined' : x.toFixed(digits));
const between = (i: Interval | null, digits: number): string =>
  i === null ? '' : ` (95% ${i.low.toFixed(digits)} to ${i.high.toFixed(digits)})`;

function agreementLines({ names, decisions, scores }: PairOfReviewers): readonly string[] {
  return [
    `- ${names.map(plainName).join(' and ')}: ${decisions.n} pairs decided by both; ${number(decisions.percent, 1)}% alike${between(decisions.percentInterval, 1)}, Cohen's kappa ${number(decisions.kappa, 3)}${between(decisions.kappaInterval, 3)}; scores of ${scores.n} questions: quadratically weighted kappa ${number(scores.weighted, 3)}${between(scores.weightedInterval, 3)}.`,
  ];
}

/** A name that a person typed, on one line and without Markdown of its own. */
function plainName(name: string): string {
  return name.replace(/[\r\n]+/g, ' ').replace(/([\\`*_[\]<>#|])/g, '\\$1');
}

function writerLines(drafts: readonly Draft[]): readonly string[] {
  const names = drafts.map(({ writer: w }) =>
    w.kind === 'hand'
      ? 'another program, its replies brought by hand'
      : `${w.id}, ${w.dtype} on ${w.device} (SHA-256 ${w.sha256})`,
  );
  return [...new Set(names)].map((n) => `- Writer: ${plainName(n)}.`);
}

function searchLines(search: SearchFacts | null): readonly string[] {
  if (!search) return ['- How the pairs were found was not given.'];
  const { thresholds, encoders } = search;
  const images = search.images === null ? '' : `${search.images} images of `;
  return [
    `- Collection: ${images}${plainName(search.collection ?? 'a collection without a name')}.`,
    ...(thresholds
      ? [
          `- Pairs: similarity at least ${thresholds.med} to the medical encoder and at most ${thresholds.gen} to the general one.`,
        ]
      : []),
    ...(encoders.length > 0 ? [`- Encoders: ${encoders.map(plainName).join('; ')}.`] : []),
  ];
}

function reviewLines({ review }: CardFacts): readonly string[] {
  if (!review) return [NOT_REVIEWED];
  const { trails, thresholds, agreements } = review;
  const people = trails.map(({ opening }) => `${plainName(opening.reviewer)} (${opening.role})`);
  return [
    `- By: ${people.join(', ')}, as they call themselves.`,
    `- A pair is kept when both of its questions score at least ${thresholds.least} of 10; a question that is not correct scores 1.`,
    ...(agreements.length > 0 ? ['', '### Agreement', '', ...agreements.flatMap(agreementLines)] : []),
  ];
}

const FLAG_WORDS = {
  length: 'options of very different length',
  giveaway: 'a word that may give the answer away',
  duplicate: 'the same asked twice of the same images',
  blind: 'an option that a model without the image finds likelier',
} as const;

function checkLines(checks: CardFacts['checks']): readonly string[] {
  const all = [...checks].flatMap(([id, flags]) => flags.map((f) => ({ id, kind: f.kind })));
  if (all.length === 0) return ['No question was flagged for its options, a giveaway word, or as asked twice.'];
  return Object.entries(FLAG_WORDS).flatMap(([kind, words]) => {
    const ids = all.filter((f) => f.kind === kind).map((f) => f.id);
    return ids.length === 0 ? [] : [`- ${words}: ${ids.length} (review/checks.csv)`];
  });
}

/** review/checks.csv: a row for each flag. */
export function checksCsv(checks: CardFacts['checks']): string {
  const rows = [...checks].flatMap(([id, flags]) => flags.map((f) => [id, f.kind, f.message]));
  return csvText([['pair', 'check', 'message'], ...rows]);
}

/** README.md of a benchmark: what a reviewer of a paper asks. */
export function datasetCard(facts: CardFacts): string {
  const dropped = Object.entries(droppedCounts(facts));
  const license = facts.license ?? 'not named by its owner';
  return `${[
    '---',
    `license: ${facts.license === null ? 'unknown' : JSON.stringify(facts.license)}`,
    `reviewed: ${facts.review !== null}`,
    '---',
    '',
    `# ${plainName(facts.name)}`,
    '',
    ...(facts.review ? [] : [`**${NOT_REVIEWED}**`, '']),
    `${facts.pairs} pairs of ${facts.images} images in the layout of MediConfusion (arXiv 2409.15477): each pair has one question with two options and a different answer for each image. Made by Lookalike ${facts.lookalike} on ${facts.madeAt.slice(0, 10)}. For research, not for clinical use.`,
    '',
    `License: ${plainName(license)}.`,
    '',
    '## How the pairs were found',
    '',
    ...searchLines(facts.search),
    '',
    '## How the questions were drafted',
    '',
    '- Prompt: A.1 of the paper, word for word (configs/prompts/drafting.json).',
    ...writerLines(facts.drafts),
    '',
    '## Review',
    '',
    ...reviewLines(facts),
    '',
    '## Checks before print',
    '',
    ...checkLines(facts.checks),
    '',
    '## Left out',
    '',
    ...(dropped.length === 0 ? ['Nothing.'] : dropped.map(([reason, n]) => `- ${reason}: ${n}`)),
  ].join('\n')}\n`;
}

/** agreement.csv: every rating that two reviewers share, for a second look with other programs. */
export function agreementCsv(agreements: readonly PairOfReviewers[]): string {
  return csvText([
    ['pair', 'item', 'reviewer_1', 'reviewer_2', 'value_1', 'value_2'],
    ...agreements.flatMap(({ names, rows }) =>
      rows.map((r) => [r.pair, r.item, names[0], names[1], r.values[0], r.values[1]]),
    ),
  ]);
}
