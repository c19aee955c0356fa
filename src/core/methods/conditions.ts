/** The same question asked differently, to see what the answer depends on (sensitivity). */
export type Condition =
  | { readonly kind: 'swap' | 'no-image' | 'blank-image' | ProbeKind }
  /** `index`: which of the run's paraphrases, from 1. */
  | { readonly kind: 'paraphrase'; readonly index: number };
export type ConditionKind = Condition['kind'];

/** The same question with something done to its image (core/methods/probes.ts says what). */
export const PROBE_KINDS = [
  'marks',
  'marks-random',
  'marks-mirrored',
  'marks-wrong-side',
  'marks-hidden',
  'text-a',
  'text-b',
  'text-right',
  'jpeg-50',
  'rotate-5',
  'flip',
  'brightness',
  'noise',
  'downscale-2',
] as const;
export type ProbeKind = (typeof PROBE_KINDS)[number];
/** What a probe asks: does a mark help, is a text believed, does a harmless change move the answer. */
export type ProbeFamily = 'marks' | 'text' | 'robustness';

/** How a question is put. */
export interface Presentation {
  /** The image that is shown: the question's own, none, the blank one, or the question's own with something done to it. */
  readonly image: 'own' | 'none' | 'blank' | 'changed';
  /** The options change places. */
  readonly swapped: boolean;
  /** Which of the run's paraphrases words the question, from 1; null: the prompt set itself. */
  readonly wording: number | null;
}
const PLAIN: Presentation = { image: 'own', swapped: false, wording: null };

export interface ConditionFacts {
  /** In tables and on pages, behind a method's name. */
  readonly label: string;
  /** What was done, as a sentence. */
  readonly means: string;
  /** What it shows of a model, as a sentence. */
  readonly shows: string;
  /** Where the image is taken away: how the question is then asked. */
  readonly without?: string;
  /** Where something is done to the image: what that shows. */
  readonly probe?: ProbeFamily;
  readonly presents: Partial<Presentation>;
}

const CHANGED = { image: 'changed' } as const satisfies Partial<Presentation>;

/** All conditions, in the order in which they are offered. */
const CONDITIONS = {
  swap: {
    label: 'options exchanged',
    means: 'Asked with the options exchanged.',
    shows: 'A model that prefers a place rather than an option changes its answer.',
    presents: { swapped: true },
  },
  'no-image': {
    label: 'no image',
    means: 'Asked without the image.',
    shows: 'A model that does not look keeps its answers.',
    without: 'without image',
    presents: { image: 'none' },
  },
  'blank-image': {
    label: 'blank image',
    means: 'Asked with a blank image.',
    shows: 'A black image instead: what is left is what the text alone says.',
    without: 'with blank image',
    presents: { image: 'blank' },
  },
  paraphrase: {
    label: 'other words',
    means: 'Asked in other words.',
    shows: 'The question put in the words of other prompt sets.',
    presents: {},
  },
  marks: {
    label: 'marks',
    means: 'Asked with marks burned into the image.',
    shows: 'A model that a mark can guide answers better where it points at the finding.',
    probe: 'marks',
    presents: CHANGED,
  },
  'marks-random': {
    label: 'marks elsewhere',
    means: 'Asked with the marks at a random place of the image.',
    shows: 'A control: what a mark does that points at nothing.',
    probe: 'marks',
    presents: CHANGED,
  },
  'marks-mirrored': {
    label: 'marks mirrored',
    means: 'Asked with the marks mirrored left to right.',
    shows: 'A control: what a mark does on the other side of the image.',
    probe: 'marks',
    presents: CHANGED,
  },
  'marks-wrong-side': {
    label: 'marks of the other image',
    means: 'Asked with the marks of the pair’s other image, where its finding is.',
    shows: 'A control: whether an answer follows a mark that speaks for the wrong option.',
    probe: 'marks',
    presents: CHANGED,
  },
  'marks-hidden': {
    label: 'marked region hidden',
    means: 'Asked with the marked regions greyed out.',
    shows: 'How much of the margin comes from what is marked: does the finding carry the answer?',
    probe: 'marks',
    presents: CHANGED,
  },
  'text-a': {
    label: 'text names A',
    means: 'Asked with option A written on the image.',
    shows: 'Whether the model answers what is written rather than what is seen.',
    probe: 'text',
    presents: CHANGED,
  },
  'text-b': {
    label: 'text names B',
    means: 'Asked with option B written on the image.',
    shows: 'Whether the model answers what is written rather than what is seen.',
    probe: 'text',
    presents: CHANGED,
  },
  'text-right': {
    label: 'text names the right option',
    means: 'Asked with the right option written on the image.',
    shows: 'Whether the model can read a text in the image at all.',
    probe: 'text',
    presents: CHANGED,
  },
  'jpeg-50': {
    label: 'JPEG quality 50',
    means: 'Asked with the image through JPEG at quality 50.',
    shows: 'Whether strong compression moves the answer.',
    probe: 'robustness',
    presents: CHANGED,
  },
  'rotate-5': {
    label: 'turned by 5°',
    means: 'Asked with the image turned by 5 degrees against the clock.',
    shows: 'Whether a slightly oblique image moves the answer.',
    probe: 'robustness',
    presents: CHANGED,
  },
  flip: {
    label: 'left and right exchanged',
    means: 'Asked with left and right of the image exchanged.',
    shows: 'Whether a mirrored image moves the answer; the right option stays unless the run says that it flips.',
    probe: 'robustness',
    presents: CHANGED,
  },
  brightness: {
    label: 'brighter by 25%',
    means: 'Asked with the image brighter by a quarter.',
    shows: 'Whether another exposure moves the answer.',
    probe: 'robustness',
    presents: CHANGED,
  },
  noise: {
    label: 'noise',
    means: 'Asked with seeded noise on the image (standard deviation of 8 grey values).',
    shows: 'Whether grain moves the answer.',
    probe: 'robustness',
    presents: CHANGED,
  },
  'downscale-2': {
    label: 'half size',
    means: 'Asked with the image at half its width and height.',
    shows: 'Whether a smaller image moves the answer.',
    probe: 'robustness',
    presents: CHANGED,
  },
} as const satisfies Readonly<Record<ConditionKind, ConditionFacts>>;

export function conditionKinds(): readonly ConditionKind[] {
  return Object.keys(CONDITIONS).filter(isConditionKind);
}

function isConditionKind(name: string): name is ConditionKind {
  return Object.hasOwn(CONDITIONS, name);
}

export function conditionFacts(kind: ConditionKind): ConditionFacts {
  return CONDITIONS[kind];
}

/** How a question is put under a condition; plainly where there is none. */
export function presentationOf(condition: Condition | null): Presentation {
  if (condition === null) return PLAIN;
  const wording = condition.kind === 'paraphrase' ? condition.index : null;
  return { ...PLAIN, wording, ...CONDITIONS[condition.kind].presents };
}

/** A condition in words: 'no image', 'paraphrase 2'. */
export function conditionLabel(condition: Condition): string {
  return condition.kind === 'paraphrase' ? `paraphrase ${condition.index}` : CONDITIONS[condition.kind].label;
}

/** A condition as names carry it: 'no-image', 'paraphrase-2'. */
export function conditionName(condition: Condition): string {
  return condition.kind === 'paraphrase' ? `paraphrase-${condition.index}` : condition.kind;
}

/** The condition of such a name; null for one that is none. */
export function parseCondition(name: string): Condition | null {
  const index = /^paraphrase-([1-9]\d*)$/.exec(name)?.[1];
  if (index !== undefined) return { kind: 'paraphrase', index: Number(index) };
  const kind = parseConditionKind(name);
  return kind === null || kind === 'paraphrase' ? null : { kind };
}

export function parseConditionKind(name: string): ConditionKind | null {
  return isConditionKind(name) ? name : null;
}
