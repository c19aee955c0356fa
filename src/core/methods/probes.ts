import type { ImageIndex, Letter, Pair } from '../benchmark/types.ts';
import type { Change } from '../images/changes/change.ts';
import type { Mark, MarkSet } from '../images/marks/mark.ts';
import type { Place } from '../images/marks/place.ts';
import { fileImage, markedImage, type ImageRef } from '../images/ref.ts';
import { presentationOf, PROBE_KINDS, type Condition, type ProbeKind } from './conditions.ts';

/** What a run's probes need beside the benchmark. */
export interface ProbeSettings {
  /** Fixes what is random: the place of marks, the noise. */
  readonly seed: number;
  /** null: the run has no marks. */
  readonly marks: MarkSet | null;
  /** Pairs whose right answers are exchanged when the image is flipped, because the question is about a side. */
  readonly flipAnswers: 'all' | readonly string[];
}
/** Settings as a run keeps them, with the SHA-256 of the marks' canonical JSON; null: no marks. */
export interface RunProbes extends ProbeSettings {
  readonly marksSha256: string | null;
}

/** What run.json says of a run's probes: all but the marks themselves, which every record has. */
export interface ProbeInfo {
  readonly seed: number;
  readonly marks: { readonly sha256: string; readonly pairs: number } | null;
  readonly flipAnswers: 'all' | readonly string[];
}

export function probeInfo({ seed, marks, marksSha256, flipAnswers }: RunProbes): ProbeInfo {
  const named =
    marks === null || marksSha256 === null ? null : { sha256: marksSha256, pairs: Object.keys(marks).length };
  return { seed, marks: named, flipAnswers };
}

export const NO_PROBES: ProbeSettings = { seed: 0, marks: null, flipAnswers: [] };

/** The strength of each change that a name does not say. */
const BRIGHTER = 125;
const SIGMA = 8;

/**
 * The image that a question shows under a condition. Where there is nothing to point at in an image, that is the image itself.
 * @returns null where the question is not asked: its image is missing, or the condition needs marks and the pair was not marked
 */
export function shownImage(
  condition: Condition | null,
  pair: Pair,
  image: ImageIndex,
  probes: ProbeSettings,
): ImageRef | null {
  const { sha256 } = pair.images[image === 1 ? 0 : 1];
  if (sha256 === null) return null;
  if (condition === null || !isProbe(condition.kind)) return fileImage(sha256);
  const changes = changesOf(condition.kind, pair, image, probes);
  return changes === null ? null : markedImage(sha256, changes);
}

export function isProbe(kind: string): kind is ProbeKind {
  return PROBE_KINDS.some((k) => k === kind);
}

/** What a probe does to an image; null where it needs marks and the pair has none. */
function changesOf(
  kind: ProbeKind,
  pair: Pair,
  image: ImageIndex,
  { seed, marks }: ProbeSettings,
): readonly Change[] | null {
  const own = `${seed}/${pair.id}/${image}`;
  const markedOf = (side: ImageIndex): readonly Mark[] | null => {
    const set = marks !== null && Object.hasOwn(marks, pair.id) ? marks[pair.id] : undefined;
    return set === undefined ? null : set[side === 1 ? 0 : 1];
  };
  const drawn = (side: ImageIndex, place: Place): readonly Change[] | null => marksChange(markedOf(side), place);
  switch (kind) {
    case 'marks':
      return drawn(image, { kind: 'own' });
    case 'marks-random':
      return drawn(image, { kind: 'random', seed: own });
    case 'marks-mirrored':
      return drawn(image, { kind: 'mirrored' });
    case 'marks-wrong-side':
      return drawn(image === 1 ? 2 : 1, { kind: 'own' });
    case 'marks-hidden':
      return hidden(markedOf(image));
    case 'text-a':
    case 'text-b':
    case 'text-right':
      return [{ kind: 'caption', text: pair.options[namedOption(kind, pair.images[image === 1 ? 0 : 1].right)] }];
    case 'jpeg-50':
      return [{ kind: 'jpeg', quality: 50 }];
    case 'rotate-5':
      return [{ kind: 'rotate', degrees: 5 }];
    case 'flip':
      return [{ kind: 'flip' }];
    case 'brightness':
      return [{ kind: 'brightness', percent: BRIGHTER }];
    case 'noise':
      return [{ kind: 'noise', sigma: SIGMA, seed: own }];
    case 'downscale-2':
      return [{ kind: 'downscale', by: 2 }];
  }
}

function marksChange(marks: readonly Mark[] | null, place: Place): readonly Change[] | null {
  return marks === null || marks.length === 0 ? marks && [] : [{ kind: 'marks', marks, place }];
}

function hidden(marks: readonly Mark[] | null): readonly Change[] | null {
  return marks === null || marks.length === 0 ? marks && [] : [{ kind: 'hide', marks }];
}

/** The option that a text probe writes on the image. @param right of the question */
export function namedOption(kind: 'text-a' | 'text-b' | 'text-right', right: Letter): Letter {
  return kind === 'text-a' ? 'A' : kind === 'text-b' ? 'B' : right;
}

/** The right answer under a condition: a flipped image exchanges it where the run says so. */
export function rightUnder(condition: Condition | null, pair: Pair, right: Letter, probes: ProbeSettings): Letter {
  if (condition?.kind !== 'flip') return right;
  const turns = probes.flipAnswers === 'all' || probes.flipAnswers.includes(pair.id);
  return turns ? (right === 'A' ? 'B' : 'A') : right;
}

/** Whether a question under a condition shows its image as the file has it, or not at all. */
export function showsOwnImage(condition: Condition | null): boolean {
  const { image } = presentationOf(condition);
  return image === 'own' || image === 'none';
}
