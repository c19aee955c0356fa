import type { Benchmark, ImageIndex, Pair } from '../benchmark/types.ts';
import { methodParts, recordedMethods } from '../scoring/methods.ts';
import { recordKey } from '../scoring/record.ts';
import { BLANK_IMAGE, type Group } from './types.ts';

/**
 * Decides which images a run encodes and what is asked of each: one group an image, in the order in which images first appear.
 * @param methods requested methods, such as ['gd', 'ps']
 * @param done keys (`recordKey`) of records already kept; a method whose records are all there is left out
 * @param limit first N pairs only; null for all
 * @returns groups; MediConfusion's 352 questions make 228 of them
 */
export function planGroups(
  benchmark: Pick<Benchmark, 'pairs'>,
  methods: readonly string[],
  done: ReadonlySet<string> = new Set(),
  limit: number | null = null,
): readonly Group[] {
  const seen = methods.filter((m) => methodParts(m)?.condition !== 'blank-image');
  const groups = new Map<string, { pair: string; image: ImageIndex; methods: string[] }[]>();
  const pairs = limit === null ? benchmark.pairs : benchmark.pairs.slice(0, limit);
  for (const pair of pairs) {
    for (const index of [0, 1] as const) {
      const image = (index + 1) as ImageIndex;
      const sha = pair.images[index].sha256;
      if (sha === null) continue; // a pair without both images is among benchmark.skipped, not here
      const open = seen.filter(
        (m) => !recordedMethods(m).every((r) => done.has(recordKey({ pair: pair.id, image, method: r }))),
      );
      if (open.length === 0) continue;
      const questions = groups.get(sha) ?? [];
      questions.push({ pair: pair.id, image, methods: open });
      groups.set(sha, questions);
    }
  }
  const shown = [...groups].map(([imageSha256, questions]) => ({ imageSha256, questions }));
  return [...shown, ...planBlank(pairs, methods, done)];
}

/** Under a blank image both images of a pair get the same question and the same answer: one group a pair, one image for the whole run. */
function planBlank(pairs: readonly Pair[], methods: readonly string[], done: ReadonlySet<string>): readonly Group[] {
  const blank = methods.filter((m) => methodParts(m)?.condition === 'blank-image');
  return pairs.flatMap((pair): Group[] => {
    const missing = blank.filter(
      (method) => !IMAGES.every((image) => done.has(recordKey({ pair: pair.id, image, method }))),
    );
    if (missing.length === 0) return [];
    return [{ imageSha256: BLANK_IMAGE, blank: true, questions: [{ pair: pair.id, image: 1, methods: missing }] }];
  });
}
const IMAGES: readonly ImageIndex[] = [1, 2];

/** What a plan asks for, before any token is known: distinct images and questions. */
export function countGroups(groups: readonly Group[]): { images: number; questions: number } {
  return {
    images: new Set(groups.map((g) => g.imageSha256)).size,
    questions: groups.reduce((n, g) => n + g.questions.length, 0),
  };
}
