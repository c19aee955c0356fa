import type { Benchmark, ImageIndex } from '../benchmark/types.ts';
import { recordedMethods } from '../scoring/methods.ts';
import { recordKey } from '../scoring/record.ts';
import type { Group } from './types.ts';

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
  const groups = new Map<string, { pair: string; image: ImageIndex; methods: string[] }[]>();
  const pairs = limit === null ? benchmark.pairs : benchmark.pairs.slice(0, limit);
  for (const pair of pairs) {
    for (const index of [0, 1] as const) {
      const image = (index + 1) as ImageIndex;
      const sha = pair.images[index].sha256;
      if (sha === null) continue; // a pair without both images is among benchmark.skipped, not here
      const open = methods.filter(
        (m) => !recordedMethods(m).every((r) => done.has(recordKey({ pair: pair.id, image, method: r }))),
      );
      if (open.length === 0) continue;
      const questions = groups.get(sha) ?? [];
      questions.push({ pair: pair.id, image, methods: open });
      groups.set(sha, questions);
    }
  }
  return [...groups].map(([imageSha256, questions]) => ({ imageSha256, questions }));
}

/** What a plan asks for, before any token is known: distinct images and questions. */
export function countGroups(groups: readonly Group[]): { images: number; questions: number } {
  return { images: groups.length, questions: groups.reduce((n, g) => n + g.questions.length, 0) };
}
