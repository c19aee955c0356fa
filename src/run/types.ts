import type { Benchmark } from '../core/benchmark/types.ts';
import type { Fault } from '../core/fault.ts';
import type { PixelPolicy } from '../core/pixels/types.ts';
import type { Work } from '../core/plan/types.ts';
import type { PromptSet } from '../core/prompts/types.ts';
import type { RunInfo } from '../core/results/run.ts';
import type { ResultRecord } from '../core/scoring/record.ts';

/** What the user asked for; stored with the run, so that a reload resumes the same run. */
export interface RunConfig {
  readonly id: string;
  readonly createdAt: string;
  readonly benchmarkId: string;
  readonly benchmarkName: string;
  readonly modelId: string;
  readonly methods: readonly string[];
  readonly promptSet: PromptSet;
  /** SHA-256 of the prompt set's canonical JSON, hex. */
  readonly promptSetSha256: string;
  readonly device: 'auto' | 'webgpu' | 'wasm';
  /** 'auto', one dtype for all files, or file to dtype. */
  readonly dtype: string | Readonly<Record<string, string>>;
  readonly threads: number | 'auto';
  /** First N pairs only; null for all. */
  readonly limit: number | null;
  readonly policy: PixelPolicy;
  /** Run although no certificate passes; every table then says so. */
  readonly allowUncertified: boolean;
  /** What the methods under `paraphrase-1`, `paraphrase-2`, ... ask, each with the SHA-256 of its canonical JSON. */
  readonly paraphrases?: readonly { readonly promptSet: PromptSet; readonly sha256: string }[];
  /** Who judges free answers (FF): a model id as `modelId`, 'self' or 'person' (judges.ts); the built-in judge when absent. */
  readonly judgeId?: string;
  /** SHA-256 of the images of the prompt set's shots, by the file name that the set gives them. */
  readonly shotImages?: Readonly<Record<string, string>>;
  /** Keep image features in IndexedDB, so that a later run with other prompts encodes no image. */
  readonly keepFeatures?: boolean;
}

export type RunPhase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'loading'; readonly what: string; readonly done: number; readonly total: number }
  | { readonly kind: 'checking'; readonly what: string }
  | { readonly kind: 'scoring'; readonly what: string }
  | { readonly kind: 'paused' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly fault: Fault };

/** Live state of a run; a new object on every change, made by the controller. */
export interface RunProgress {
  readonly phase: RunPhase;
  /** Questions (images of pairs) done and in all, failed ones counted as done. */
  readonly questions: { readonly done: number; readonly total: number; readonly failed: number };
  readonly images: { readonly done: number; readonly total: number };
  /** Questions a second over the last minute; null before the first. */
  readonly rate: number | null;
  readonly secondsLeft: number | null;
  readonly work: Work;
  /** Sentences worth showing: the rung taken, a fallen dtype, retried groups. */
  readonly messages: readonly string[];
}

export interface RunHandle {
  readonly config: RunConfig;
  readonly benchmark: Benchmark;
  progress(): RunProgress;
  /** Called on each change; returns the way to stop listening. */
  subscribe(listener: (p: RunProgress) => void): () => void;
  /** Called with the records of each finished group, after they are stored. */
  onRecords(listener: (records: readonly ResultRecord[]) => void): () => void;
  pause(): void;
  resume(): void;
  /** Stops after the work in hand; resolves when everything is stored. */
  stop(): Promise<void>;
  /** Resolves at the end, whatever the end: done, stopped or failed. */
  finished: Promise<RunInfo>;
}
