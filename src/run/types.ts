import type { Benchmark } from '../core/benchmark/types.ts';
import type { Fault } from '../core/fault.ts';
import type { Work } from '../core/plan/types.ts';
import type { ResultRecord } from '../core/records/record.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import type { RunInfo } from '../core/records/run-info.ts';

/** The parts of a run that take time, in the order in which they begin; loading and checking may take turns. */
export const STAGES = ['loading', 'checking', 'scoring', 'judging'] as const;
export type StageKind = (typeof STAGES)[number];

export type RunPhase =
  | { readonly kind: 'idle' }
  /** Another run has the device. */
  | { readonly kind: 'waiting'; readonly what: string }
  | { readonly kind: StageKind; readonly what: string }
  | { readonly kind: 'paused' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly fault: Fault };

/** How far a stage is, in units of its own, and how fast. */
export interface Measure {
  readonly done: number;
  readonly total: number;
  /** Of those done. */
  readonly failed: number;
  /** Units a second over the last minute; null before the first, and while another stage goes on. */
  readonly rate: number | null;
  readonly secondsLeft: number | null;
}

/** Live state of a run; a new object on every change, made by the controller. */
export interface RunProgress {
  readonly phase: RunPhase;
  /** The stage that goes on, or went on when the run was paused or ended; null before the first. */
  readonly stage: StageKind | null;
  /** Scoring: questions (images of pairs), those of earlier parts of the run among them. */
  readonly questions: Measure;
  /** Questions that earlier parts of the run answered. */
  readonly kept: number;
  /** Judging: free answers that a model is to read; while questions are scored, as many as may come. */
  readonly answers: Measure;
  /** Images encoded, and those that will have been by the end: the more are found kept or unreadable, the fewer. */
  readonly images: { readonly done: number; readonly total: number };
  /** Seconds spent in each stage, pauses and waiting left out. */
  readonly seconds: Readonly<Record<StageKind, number>>;
  readonly work: Work;
  /** Sentences worth showing: the rung taken, a fallen dtype, retried groups. */
  readonly messages: readonly string[];
}

export interface StartOptions {
  /** Ask again what an earlier attempt recorded as failed. */
  readonly retryFailed?: boolean;
  /** Only these pairs. */
  readonly onlyPairs?: ReadonlySet<string>;
  readonly command?: string;
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
