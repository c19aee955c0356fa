import { planTree, type PlannedSequence } from '../../src/core/plan/tree.ts';
import type { Segment, Tree, TreeWork } from '../../src/core/plan/types.ts';
import type { FeatureData } from '../../src/protocol/engine.ts';

/** Rows of features of some images together. */
export function rowsOf(images: readonly FeatureData[]): number {
  return images.reduce((n, f) => n + f.rows, 0);
}

/** Index of the token's n-th occurrence (from 0); -1 when there are fewer. */
export function nthIndex(ids: readonly number[], token: number, n: number): number {
  let seen = 0;
  return ids.findIndex((id) => id === token && seen++ === n);
}

/** The tree's work, with the runs of an encoder, without the segments whose state an earlier group left. */
export function plannedWork(
  tree: Tree,
  encoded: Pick<TreeWork, 'prefills' | 'prefillTokens'>,
  held: (s: Segment) => boolean,
): TreeWork {
  const kept = tree.segments.filter(held);
  const { prefills, prefillTokens } = encoded;
  return {
    ...tree.work,
    prefills: tree.work.prefills + prefills - kept.length,
    prefillTokens: tree.work.prefillTokens + prefillTokens - kept.reduce((n, s) => n + s.end - s.start, 0),
  };
}

/** Every sequence by one full forward of its own: the certificate's second opinion on the tree. */
export function plainForest(sequences: readonly PlannedSequence[]): Tree {
  const trees = sequences.map((s) => planTree([s], 0));
  let offset = 0;
  const segments: Segment[] = [];
  const paths: Record<string, number[]> = {};
  for (const t of trees) {
    for (const s of t.segments)
      segments.push({
        ...s,
        id: s.id + offset,
        parent: s.parent === null ? null : s.parent + offset,
        children: s.children.map((c) => c + offset),
      });
    for (const [key, path] of Object.entries(t.paths)) paths[key] = path.map((id) => id + offset);
    offset += t.segments.length;
  }
  const sum = (key: keyof Tree['work']): number => trees.reduce((n, t) => n + t.work[key], 0);
  const work = {
    prefills: sum('prefills'),
    prefillTokens: sum('prefillTokens'),
    suffixes: sum('suffixes'),
    suffixTokens: sum('suffixTokens'),
    decodes: sum('decodes'),
  };
  return { segments, paths, work };
}
