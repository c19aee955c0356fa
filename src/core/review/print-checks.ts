import type { Wording } from './events.ts';

/** What could give an answer away without the image, or asks the same again. */
export type PrintFlag =
  | { readonly kind: 'length'; readonly message: string }
  | { readonly kind: 'giveaway'; readonly message: string }
  | { readonly kind: 'duplicate'; readonly message: string }
  /** A model without the image prefers one option (blind.ts). */
  | { readonly kind: 'blind'; readonly message: string };

const ABSOLUTE = /\b(always|never|only|all|none of the above|both|cannot|obviously|clearly)\b/i;
/** "No implant" names what is asked for because it must. */
const NEGATION = /^(?:no|none|not|nothing|absent|without)\b/i;
/** Words that questions and options share without giving anything away. */
const COMMON = new Set([
  ...[
    'the',
    'a',
    'an',
    'of',
    'in',
    'on',
    'at',
    'is',
    'are',
    'and',
    'or',
    'with',
    'without',
    'to',
    'for',
    'by',
    'no',
    'not',
  ],
  ...['this', 'that', 'which', 'what', 'where', 'how', 'does', 'do', 'it', 'image', 'seen', 'shown', 'visible', 'side'],
]);

const wordsOf = (text: string): readonly string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((w) => w.length > 2 && !COMMON.has(w));

function lengthFlag({ option_1, option_2 }: Wording): PrintFlag | null {
  const [short, long] = [option_1.length, option_2.length].sort((a, b) => a - b);
  if (short === undefined || long === undefined || long < 2.5 * short || long - short < 15) return null;
  return { kind: 'length', message: `The options have ${short} and ${long} characters.` };
}

function giveawayFlag({ question, option_1, option_2 }: Wording): PrintFlag | null {
  const [one, two] = [ABSOLUTE.exec(option_1)?.[1], ABSOLUTE.exec(option_2)?.[1]];
  const absolute = one === undefined ? two : two === undefined ? one : undefined;
  if (absolute !== undefined) return { kind: 'giveaway', message: `Only one option says "${absolute}".` };
  if (NEGATION.test(option_1) || NEGATION.test(option_2)) return null;
  const asked = new Set(wordsOf(question));
  const [a, b] = [new Set(wordsOf(option_1)), new Set(wordsOf(option_2))];
  const own = (mine: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] =>
    [...mine].filter((w) => asked.has(w) && !others.has(w));
  const [inOne, inTwo] = [own(a, b), own(b, a)];
  const word = inTwo.length === 0 ? inOne[0] : inOne.length === 0 ? inTwo[0] : undefined;
  return word === undefined
    ? null
    : { kind: 'giveaway', message: `The question's word "${word}" stands in one option only.` };
}

/** A question as it counts for being the same: order of the options, capitals and marks aside. */
function sameness({ question, option_1, option_2 }: Wording, images: readonly string[]): string {
  const plain = (t: string): string =>
    t
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}+<>=-]+/gu, ' ')
      .trim();
  return [plain(question), ...[option_1, option_2].map(plain).sort(), ...[...images].sort()].join('\n');
}

/** A question with the images that it is asked on. */
export interface Printed {
  readonly id: string;
  readonly wording: Wording;
  readonly images: readonly string[];
}

/**
 * Checks before a benchmark is printed: options of very different length, a word that gives the answer away, a question that is asked twice on the same
 * images, and what a model without images found, where one was asked.
 * @param blind flags of that model, by id
 * @returns by id, those with a flag only
 */
export function printChecks(
  all: readonly Printed[],
  blind: ReadonlyMap<string, PrintFlag> = new Map(),
): ReadonlyMap<string, readonly PrintFlag[]> {
  const seen = new Map<string, string>();
  const flags = new Map<string, readonly PrintFlag[]>();
  for (const { id, wording, images } of all) {
    const key = sameness(wording, images);
    const before = seen.get(key);
    seen.set(key, before ?? id);
    const duplicate: PrintFlag | null =
      before === undefined
        ? null
        : { kind: 'duplicate', message: `The same is asked of the same images in ${before}.` };
    const found = [lengthFlag(wording), giveawayFlag(wording), duplicate, blind.get(id) ?? null].filter(
      (f) => f !== null,
    );
    if (found.length > 0) flags.set(id, found);
  }
  return flags;
}
