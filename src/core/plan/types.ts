import type { ImageIndex } from '../benchmark/types.ts';
import type { ImageRef } from '../images/ref.ts';
import type { RequestedMethod } from '../methods/names.ts';

/** A question of a run: one image of one pair. */
export interface QuestionRef {
  readonly pair: string;
  readonly image: ImageIndex;
}

/**
 * All open questions that use one image; the unit of work, of storing, and of retrying. The blank image stands in for both images of a pair: its group is
 * asked once, as image 1, and recorded for both.
 */
export interface Group {
  readonly image: ImageRef;
  readonly questions: readonly (QuestionRef & { readonly methods: readonly RequestedMethod[] })[];
}

/** One place where the next-token distribution is wanted: after `ids[0..position]`, and the tokens looked up there. */
export interface Read {
  /** Index into the sequence's ids; the distribution of the token that would follow it. */
  readonly position: number;
  readonly targets: readonly number[];
}

/** Token ids of one prompt, or of a prompt with an option behind it. Image tokens stand in `ids` already expanded. */
export interface Sequence {
  readonly key: string;
  readonly ids: readonly number[];
  readonly reads: readonly Read[];
  /** Greedy decoding from the end of the sequence; 0 for none. */
  readonly decode: number;
}

/** A tree node: tokens [start, end) computed on the parent's KV state. */
export interface Segment {
  readonly id: number;
  readonly parent: number | null;
  readonly start: number;
  readonly end: number;
  readonly ids: readonly number[];
  /** Rows wanted from this segment: absolute position, and the union of tokens looked up there. */
  readonly reads: readonly Read[];
  /** Greedy decodes that begin at this segment's end: sequence key and token limit. */
  readonly decodes: readonly { readonly key: string; readonly limit: number }[];
  readonly children: readonly number[];
  /** The segment ends before the group's own image and may be kept for other groups. */
  readonly shared: boolean;
}

export interface Tree {
  readonly segments: readonly Segment[];
  /** For each sequence key: the segments from the root to its end. */
  readonly paths: Readonly<Record<string, readonly number[]>>;
  readonly work: TreeWork;
}

export interface TreeWork {
  readonly prefills: number;
  readonly prefillTokens: number;
  readonly suffixes: number;
  readonly suffixTokens: number;
  readonly decodes: number;
}

/** What was done, in docs/results.md's words. Prefill: a segment of a prompt; suffix: a segment of option tokens. */
export interface Work {
  imageEncodes: number;
  prefills: number;
  prefillTokens: number;
  suffixes: number;
  suffixTokens: number;
  decodeTokens: number;
}
export const NO_WORK: Readonly<Work> = {
  imageEncodes: 0,
  prefills: 0,
  prefillTokens: 0,
  suffixes: 0,
  suffixTokens: 0,
  decodeTokens: 0,
};

export function addWork(a: Work, b: Work): Work {
  return {
    imageEncodes: a.imageEncodes + b.imageEncodes,
    prefills: a.prefills + b.prefills,
    prefillTokens: a.prefillTokens + b.prefillTokens,
    suffixes: a.suffixes + b.suffixes,
    suffixTokens: a.suffixTokens + b.suffixTokens,
    decodeTokens: a.decodeTokens + b.decodeTokens,
  };
}
