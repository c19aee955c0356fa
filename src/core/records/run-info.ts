import type { ShardOfRun } from '../benchmark/shard.ts';
import type { ChatSettings } from '../chat/settings.ts';
import type { Fault } from '../fault.ts';
import type { PixelPolicy } from '../images/types.ts';
import type { Work } from '../plan/types.ts';
import type { ProbeInfo } from '../methods/probes.ts';
import type { FewShot } from '../prompts/types.ts';
import type { JudgeTest } from '../methods/judge-test.ts';
import { isPublishedReading, type Reading } from '../methods/reading.ts';
import type { ServerCertificate, ServerInfo } from '../servers/config.ts';

/** A judge of free answers: a model with the files that were loaded, the model under test itself, or people (each named in the records). */
export type JudgeInfo =
  | {
      readonly kind: 'model' | 'self';
      readonly id: string;
      /** Of the decoder graph, as in the records; '' for a model on a server. */
      readonly sha256: string;
      readonly dtype: string;
      readonly files: readonly { readonly path: string; readonly sha256: string }[];
      readonly device?: 'webgpu' | 'wasm' | 'server';
      /** Whether its explanations were kept, and whether answers that are an option word for word were decided without it. */
      readonly options?: { readonly explain: boolean; readonly byRule: boolean };
      /** Of a judge behind a server other than the run's own: what it answered to questions of our own. */
      readonly certificate?: ServerCertificate;
      /** What its self-test found; absent where it was not tested. */
      readonly test?: JudgeTest;
    }
  | { readonly kind: 'person' };

/** run.json of the results folder (docs/results.md): everything that a score depends on. */
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
    /** Nobody has checked its questions; absent where somebody has, or nothing is known. */
    readonly reviewed?: false;
  };
  /** The run is a share of the benchmark's pairs: which, of how many, and how many pairs they share. */
  readonly shard?: ShardOfRun;
  readonly promptSet: {
    readonly name: string;
    readonly sha256: string;
    readonly prompts: Readonly<Record<string, string>>;
    /** Texts behind the generation prompt, where the set has any. */
    readonly answerPrefix?: Readonly<Record<string, string>>;
    /** Worked examples, where the set has any. */
    readonly fewShot?: FewShot;
    /** Few-shot sets: SHA-256 of the example images, by their file names. */
    readonly shotImages?: Readonly<Record<string, string>>;
  };
  /** What `paraphrase-1`, `paraphrase-2`, ... in methods are. */
  readonly paraphrases?: readonly {
    readonly name: string;
    readonly sha256: string;
    readonly prompts: Readonly<Record<string, string>>;
    readonly answerPrefix?: Readonly<Record<string, string>>;
    readonly fewShot?: FewShot;
  }[];
  readonly methods: readonly string[];
  /** What conditions such as `gd+marks` did to images; absent where none was asked for. */
  readonly probes?: ProbeInfo;
  /** What the chat template was told, and the file that it came from (null: the folder has none); absent in runs of versions that told it nothing. */
  readonly chat?: ChatSettings & { readonly template: string | null };
  /** Who judges free answers; absent where none are asked for. */
  readonly judge?: JudgeInfo;
  /** How raw answers were read for the numbers of this folder; absent: as published. */
  readonly reading?: Reading;
  readonly device: {
    /** server: another machine computed; `server` says which. */
    readonly kind: 'webgpu' | 'wasm' | 'server';
    readonly adapter: Readonly<Record<string, string>> | null;
    readonly features: readonly string[];
    readonly limits: Readonly<Record<string, number>>;
    readonly browser: string;
    readonly threads: number;
  };
  /** The server that the model was behind. */
  readonly server?: ServerInfo;
  /** Devices of other parts of a merged run, where their adapters are others. */
  readonly otherDevices?: readonly RunInfo['device'][];
  readonly libraries: Readonly<Record<string, string>>;
  readonly scoringVersion: string;
  readonly pixels: PixelPolicy;
  readonly certificate: unknown;
  readonly work: Work;
  /** Cosine of each pair's images in the model's own image features (core/statistics/image-similarity.ts); pairs whose images no one part of the run encoded have none. */
  readonly imageSimilarity?: Readonly<Record<string, number>>;
  readonly seconds: { readonly load: number; readonly score: number };
  readonly command: string | null;
  readonly fault?: Fault;
  /** Imported runs say so, and from which file. */
  readonly imported?: { readonly from: string; readonly format: string };
  /** A person answered, one image at a time: who, in which order, and how long each question was in sight. */
  readonly recordedByPerson?: {
    readonly name: string;
    readonly seed: number;
    readonly feedback: 'end' | 'at-once';
    /** By question, `pair/image`. */
    readonly milliseconds: Readonly<Record<string, number>>;
  };
}

/** run.json under a reading: it names one only where that is not the published one. */
export function withReading(info: RunInfo, reading: Reading): RunInfo {
  const { reading: earlier, ...rest } = info;
  if (!isPublishedReading(reading)) return { ...rest, reading };
  return earlier === undefined ? info : rest;
}
