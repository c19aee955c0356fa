import { limitPairs } from '../benchmark/select.ts';
import type { Benchmark, ImageIndex, Pair } from '../benchmark/types.ts';
import { presentationOf } from '../methods/conditions.ts';
import { NO_PROBES, shownImage, type ProbeSettings } from '../methods/probes.ts';
import { nameOf, type RequestedMethod } from '../methods/names.ts';
import { recordedNames } from '../methods/registry.ts';
import { recordKey } from '../records/record.ts';
import { BLANK, imageKey, type ImageRef } from '../images/ref.ts';
import type { Group } from './types.ts';

/**
 * Decides which images a run encodes and what is asked of each: one group an image, in the order in which images first appear.
 * @param methods as they are asked, paraphrases written out
 * @param done keys (`recordKey`) of records already kept; a method whose records are all there is left out
 * @param limit first N pairs only; null for all
 * @param probes what is done to images under conditions such as `gd+marks`; each changed image is one of its own
 * @returns groups; MediConfusion's 352 questions make 228 of them
 */
export function planGroups(
  benchmark: Pick<Benchmark, 'pairs'>,
  methods: readonly RequestedMethod[],
  done: ReadonlySet<string> = new Set(),
  limit: number | null = null,
  probes: ProbeSettings = NO_PROBES,
): readonly Group[] {
  const seen = methods.filter((m) => presentationOf(m.condition).image !== 'blank');
  const groups = new Map<string, { image: ImageRef; questions: Question[] }>();
  const pairs = limitPairs(benchmark, limit);
  for (const pair of pairs) {
    for (const index of [0, 1] as const) {
      const image = (index + 1) as ImageIndex;
      const open = seen.filter(
        (m) => !recordedNames(m).every((method) => done.has(recordKey({ pair: pair.id, image, method }))),
      );
      for (const { image: ref, methods: under } of byImage(open, pair, image, probes)) {
        const group = groups.get(imageKey(ref)) ?? { image: ref, questions: [] };
        group.questions.push({ pair: pair.id, image, methods: under });
        groups.set(imageKey(ref), group);
      }
    }
  }
  return [...groups.values(), ...planBlank(pairs, methods, done)];
}

type Question = Group['questions'][number];

/** The methods of a question by the image that they show. A pair without both images is among benchmark.skipped, not here. */
function byImage(
  methods: readonly RequestedMethod[],
  pair: Pair,
  image: ImageIndex,
  probes: ProbeSettings,
): readonly { readonly image: ImageRef; readonly methods: readonly RequestedMethod[] }[] {
  const found = new Map<string, { image: ImageRef; methods: RequestedMethod[] }>();
  for (const method of methods) {
    const ref = shownImage(method.condition, pair, image, probes);
    if (ref === null) continue;
    const entry = found.get(imageKey(ref)) ?? { image: ref, methods: [] };
    entry.methods.push(method);
    found.set(imageKey(ref), entry);
  }
  return [...found.values()];
}

/** Under a blank image both images of a pair get the same question and the same answer: one group a pair, one image for the whole run. */
function planBlank(
  pairs: readonly Pair[],
  methods: readonly RequestedMethod[],
  done: ReadonlySet<string>,
): readonly Group[] {
  const blank = methods.filter((m) => presentationOf(m.condition).image === 'blank');
  return pairs.flatMap((pair): Group[] => {
    const missing = blank.filter(
      (m) => !IMAGES.every((image) => done.has(recordKey({ pair: pair.id, image, method: nameOf(m) }))),
    );
    if (missing.length === 0) return [];
    return [{ image: BLANK, questions: [{ pair: pair.id, image: 1, methods: missing }] }];
  });
}
const IMAGES: readonly ImageIndex[] = [1, 2];

/** What a plan asks for, before any token is known: distinct images and questions. */
export function countGroups(groups: readonly Group[]): { images: number; questions: number } {
  return {
    images: new Set(groups.map((g) => imageKey(g.image))).size,
    questions: groups.reduce((n, g) => n + g.questions.length, 0),
  };
}

/** The images of its pair that a question is recorded for: under the blank image both, which look alike. */
export function recordedImages(group: Pick<Group, 'image'>, image: ImageIndex): readonly ImageIndex[] {
  return group.image.kind === 'blank' ? IMAGES : [image];
}
