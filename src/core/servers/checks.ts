import type { ServerCheck } from './config.ts';

/** What was read of one test question: log p of the likeliest tokens by name, or only text. */
export interface TestRead {
  readonly top: ReadonlyMap<string, number>;
  readonly text: string;
  readonly promptTokens: number;
}

/** The same question with one image twice, with another, without, and at another temperature (null: not asked). */
export interface TestReads {
  readonly first: TestRead;
  readonly again: TestRead;
  readonly other: TestRead;
  readonly none: TestRead;
  readonly hot: TestRead | null;
}

/** Repeats may differ by batches and 16-bit numbers; more than that is not the same computation. */
const REPEAT = 0.25;
/** Sums of probabilities and repeats of exact arithmetic. */
const SLACK = 1e-3;
/** What two images must change at least, to be told from rounding. */
const EFFECT = 1e-6;
const LIKELIHOODS: readonly string[] = ['gd', 'ps', 'ps-chat'];

/**
 * The largest difference of log p that two lists of likely tokens show; null where one is empty. A token that only one of them names is less likely in the
 * other than all that it names.
 */
export function distance(a: TestRead, b: TestRead): number | null {
  if (a.top.size === 0 || b.top.size === 0) return null;
  return Math.max(oneWay(a.top, b.top), oneWay(b.top, a.top));
}

/** The largest difference at tokens that both name: a token that was drawn by chance may stand in a list without being likely. */
function distanceInCommon(a: TestRead, b: TestRead): number | null {
  const both = [...a.top].flatMap(([name, p]) => {
    const q = b.top.get(name);
    return q === undefined ? [] : [Math.abs(p - q)];
  });
  return both.length === 0 ? null : Math.max(...both);
}

function oneWay(a: TestRead['top'], b: TestRead['top']): number {
  const least = Math.min(...b.values());
  return Math.max(
    ...[...a].map(([name, p]) => {
      const q = b.get(name);
      return q === undefined ? Math.max(0, p - least) : Math.abs(p - q);
    }),
  );
}

/** Whether two reads are of different computations. */
function differs(a: TestRead, b: TestRead, by: number): boolean {
  if (a.top.size === 0) return a.text !== b.text;
  return (distance(a, b) ?? Number.POSITIVE_INFINITY) > by;
}

/** What can be concluded from the test questions. Without log-probabilities the texts are all there is. */
export function readChecks(reads: TestReads): readonly ServerCheck[] {
  const { first } = reads;
  return [repeats(reads), imageMatters(reads), ...(first.top.size === 0 ? [] : [whole(first), ...raw(reads)])];
}

/**
 * The same of a model that is asked without images, as a judge or a writer: another question must be another computation.
 * @param reads `other`: another question; null `hot`: not asked
 */
export function readTextChecks(reads: Omit<TestReads, 'none'>): readonly ServerCheck[] {
  const { first, again, other } = reads;
  const passed = differs(first, other, Math.max(EFFECT, distance(first, again) ?? 0));
  const detail = passed ? 'another question is answered otherwise' : 'two different questions are answered alike';
  const all = { ...reads, none: other };
  return [
    repeats(all),
    { name: 'the question matters', passed, detail, needed: [] },
    ...(first.top.size === 0 ? [] : [whole(first), ...raw(all)]),
  ];
}

const figure = (x: number | null): string => (x === null ? 'nothing in common' : x.toPrecision(2));

function repeats({ first, again }: TestReads): ServerCheck {
  const name = 'repeats agree';
  if (first.top.size === 0) {
    const same = first.text === again.text;
    const detail = same ? 'the same text twice' : 'two texts: what it writes cannot be repeated word for word';
    return { name, passed: true, detail, needed: [] };
  }
  const spread = distance(first, again);
  return {
    ...{ name, passed: spread !== null && spread <= REPEAT, needed: LIKELIHOODS },
    detail: `log p differ by ${figure(spread)}`,
  };
}

function imageMatters({ first, again, other, none }: TestReads): ServerCheck {
  const name = 'the image matters';
  const noise = distance(first, again) ?? 0;
  const moved = differs(first, other, Math.max(EFFECT, noise));
  const longer = first.promptTokens > none.promptTokens;
  if (first.top.size > 0)
    return {
      ...{ name, passed: moved, needed: [] },
      detail: moved
        ? `another image moves log p by ${figure(distance(first, other))}`
        : `two different images give the same numbers (${figure(distance(first, other))}): the image is ignored`,
    };
  return {
    ...{ name, passed: moved || longer, needed: [] },
    detail: moved
      ? 'another image gives another text'
      : longer
        ? `the image takes ${first.promptTokens - none.promptTokens} tokens of the prompt`
        : 'two different images give the same text, and the prompt is no longer with one: the image is ignored',
  };
}

function whole({ top }: TestRead): ServerCheck {
  const mass = [...top.values()].reduce((sum, p) => sum + Math.exp(p), 0);
  return {
    ...{ name: 'probabilities sum to 1 at most', passed: mass <= 1 + SLACK, needed: LIKELIHOODS },
    detail: `the likeliest tokens hold ${mass.toFixed(4)}`,
  };
}

function raw({ first, again, hot }: TestReads): readonly ServerCheck[] {
  if (hot === null) return [];
  const by = distanceInCommon(first, hot);
  const passed = by !== null && by <= Math.max(SLACK, 2 * (distance(first, again) ?? 0));
  const detail = passed ? 'another temperature changes nothing' : `another temperature changes log p by ${figure(by)}`;
  return [{ name: 'log-probabilities are raw', passed, needed: LIKELIHOODS, detail }];
}

/**
 * Letters read by their ids against the list of the likeliest tokens: whoever reports after a mask says that what was forced was certain.
 * @param letters log p of A and B
 * @param top the likeliest tokens that are neither of them
 */
export function lettersCheck(letters: readonly [number, number], top: readonly number[]): ServerCheck {
  const mass = [...letters, ...top].reduce((sum, p) => sum + Math.exp(p), 0);
  const passed = mass <= 1 + SLACK;
  return {
    ...{ name: 'letters are read before any mask', passed, needed: ['gd'] },
    detail: passed
      ? `with the likeliest tokens they hold ${mass.toFixed(4)}`
      : `with the likeliest tokens they hold ${mass.toFixed(4)}, more than 1: they are reported after the mask that forces them`,
  };
}

/** The first token of an option read as part of it, and as the next token: the same place must have the same log p. */
export function boundaryCheck(option: number, next: number, spread: number): ServerCheck {
  const by = Math.abs(option - next);
  const passed = by <= Math.max(SLACK, 2 * spread);
  return {
    ...{ name: 'options begin where the answer begins', passed, needed: ['ps'] },
    detail: `its first token read both ways differs by ${figure(by)}`,
  };
}

/** An option's log p under two images. */
export function optionImageCheck(a: readonly number[], b: readonly number[], spread: number): ServerCheck {
  const by = Math.max(...a.map((p, i) => Math.abs(p - (b[i] ?? Number.POSITIVE_INFINITY))));
  return {
    ...{ name: 'options depend on the image', passed: by > Math.max(EFFECT, spread), needed: ['ps', 'ps-chat'] },
    detail: `another image moves log p by ${figure(by)}`,
  };
}
