/** A benchmark of confusing pairs, as read from a MediConfusion layout (arXiv 2409.15477, section 3). */

import type { MarkSet } from '../images/marks/mark.ts';

export type Letter = 'A' | 'B';
export const LETTERS: readonly Letter[] = ['A', 'B'];
/** Which image of a pair: 1 or 2, as in im_1 and im_2. */
export type ImageIndex = 1 | 2;

export interface PairImage {
  /** Path as the question file writes it (im_1, im_2). */
  readonly path: string;
  /** Local id (im_1_local, im_2_local), the file name in data/images; null when the file has none. */
  readonly local: string | null;
  readonly categories: readonly string[];
  readonly right: Letter;
  readonly caption: string | null;
  /** SHA-256 of the image file's bytes, hex; null while the file is missing or unreadable. */
  readonly sha256: string | null;
}

export interface Pair {
  readonly id: string;
  readonly question: string;
  readonly options: Readonly<Record<Letter, string>>;
  readonly images: readonly [PairImage, PairImage];
  /** Extra keys of the question file (pattern, difficulty, similarities), kept as they are. */
  readonly extra: Readonly<Record<string, string | number | boolean | null>>;
}

/** Something wrong in a benchmark, with its place. `fatal` for a pair: that pair cannot run. */
export interface Problem {
  readonly pair: string | null;
  /** Where: field name, row, or file path. */
  readonly place: string;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

export interface SkippedPair {
  readonly pair: string;
  readonly reason: string;
}

export interface Benchmark {
  readonly name: string;
  /** SHA-256 of the question file's bytes, hex (docs/results.md). */
  readonly sha256: string;
  /** Pairs that can run, in the file's order; both images present. */
  readonly pairs: readonly Pair[];
  readonly skipped: readonly SkippedPair[];
  readonly problems: readonly Problem[];
  /** What was drawn on its images; absent where nothing was. */
  readonly marks?: MarkSet;
  /** Where only some of a benchmark's pairs are here (a shard): how many there are in all, and the place of each of these, from 0. */
  readonly part?: { readonly of: number; readonly places: readonly number[] };
}

/** One file of a folder, as a picker, a drop or a server lists it. */
export interface ListedFile {
  /** With '/', from the chosen folder on. */
  readonly path: string;
  /** Bytes; left out where the listing does not know. */
  readonly size?: number;
}

/** A pair whose images are named but not yet read. */
export interface DraftPair extends Pair {
  /** Paths, as listed, of the two image files. */
  readonly files: readonly [string, string];
}

/** A benchmark whose question file is checked and whose images are found by name; `withImages` completes it. */
export interface BenchmarkDraft {
  readonly name: string;
  readonly sha256: string;
  readonly pairs: readonly DraftPair[];
  readonly skipped: readonly SkippedPair[];
  readonly problems: readonly Problem[];
  /** Distinct image files that the pairs need, in the order of first use. */
  readonly images: readonly string[];
}
