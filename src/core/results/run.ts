import type { Fault } from '../fault.ts';
import type { PixelPolicy } from '../pixels/types.ts';
import type { Work } from '../plan/types.ts';
import { isPublishedReading, type Reading } from '../scoring/again.ts';

/** A judge of free answers: a model with the files that were loaded, the model under test itself, or people (each named in the records). */
export type JudgeInfo =
  | {
      readonly kind: 'model' | 'self';
      readonly id: string;
      /** Of the decoder graph, as in the records. */
      readonly sha256: string;
      readonly dtype: string;
      readonly files: readonly { readonly path: string; readonly sha256: string }[];
    }
  | { readonly kind: 'person' };

/** run.json of the results folder (results.md): everything that a score depends on. */
export interface RunInfo {
  readonly format: 'lookalike-results/1';
  readonly lookalike: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly state: 'done' | 'stopped' | 'failed';
  readonly model: {
    readonly id: string;
    readonly revision: string | null;
    readonly family: string;
    /** Whether the family's likelihoods were checked against a reference. */
    readonly familyStatus?: string;
    readonly dtype: Readonly<Record<string, string>>;
    readonly files: readonly { readonly path: string; readonly size: number; readonly sha256: string }[];
  };
  readonly benchmark: {
    readonly name: string;
    readonly sha256: string;
    readonly pairs: number;
    readonly questions: number;
    readonly images: number;
  };
  readonly promptSet: {
    readonly name: string;
    readonly sha256: string;
    readonly prompts: Readonly<Record<string, string>>;
    /** Few-shot sets: SHA-256 of the example images, by their file names. */
    readonly shotImages?: Readonly<Record<string, string>>;
  };
  /** What `paraphrase-1`, `paraphrase-2`, ... in methods are. */
  readonly paraphrases?: readonly {
    readonly name: string;
    readonly sha256: string;
    readonly prompts: Readonly<Record<string, string>>;
  }[];
  readonly methods: readonly string[];
  /** Who judges free answers; absent where none are asked for. */
  readonly judge?: JudgeInfo;
  /** How raw answers were read for the numbers of this folder; absent: as published. */
  readonly reading?: Reading;
  readonly device: {
    readonly kind: 'webgpu' | 'wasm';
    readonly adapter: Readonly<Record<string, string>> | null;
    readonly features: readonly string[];
    readonly limits: Readonly<Record<string, number>>;
    readonly browser: string;
    readonly threads: number;
  };
  readonly libraries: Readonly<Record<string, string>>;
  readonly scoringVersion: string;
  readonly pixels: PixelPolicy;
  readonly certificate: unknown;
  readonly work: Work;
  readonly seconds: { readonly load: number; readonly score: number };
  readonly command: string | null;
  readonly fault?: Fault;
  /** Imported runs say so, and from which file. */
  readonly imported?: { readonly from: string; readonly format: string };
}

/** run.json under a reading: it names one only where that is not the published one. */
export function withReading(info: RunInfo, reading: Reading): RunInfo {
  const { reading: earlier, ...rest } = info;
  if (!isPublishedReading(reading)) return { ...rest, reading };
  return earlier === undefined ? info : rest;
}
