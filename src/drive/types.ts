import type { Problem, SkippedPair } from '../core/benchmark/types.ts';
import type { Fault } from '../core/fault.ts';
import type { RunInfo } from '../core/results/run.ts';
import type { Reading } from '../core/scoring/again.ts';

/** What crosses between `tools/evaluate.mjs` and the page that it drives; plain data on both sides. */

/** A folder served read-only on this page's own origin, listed by `<base>index.json`. */
export interface ServedFolder {
  readonly base: string;
  readonly name: string;
}

export interface ServedFile {
  readonly path: string;
  readonly size: number;
}

export interface DriveRequest {
  readonly benchmark: ServedFolder;
  /** null for an import: no model runs. `id` and `revision` are those of the hub where the folder came from there. */
  readonly model: (ServedFolder & { readonly revision: string | null }) | null;
  readonly methods: readonly string[];
  /** The default set, a set by its name, or the text of a file. */
  readonly prompts:
    | { readonly kind: 'default' }
    | { readonly kind: 'named'; readonly name: string }
    | {
        readonly kind: 'file';
        readonly name: string;
        readonly text: string;
        /** Which set of a file with several; null: the first. */
        readonly set: string | null;
      };
  /** Prompt sets whose words `+paraphrase` asks in: names, all sets of a file, or the usual ones. */
  readonly paraphrases:
    | { readonly kind: 'usual' }
    | { readonly kind: 'named'; readonly names: readonly string[] }
    | { readonly kind: 'file'; readonly name: string; readonly text: string };
  /** Folder of the images that a few-shot prompt set shows. */
  readonly shots: ServedFolder | null;
  /** Text model that judges free answers, or the model under test itself; null: the built-in one. */
  readonly judge: ServedFolder | 'self' | null;
  /** How raw answers are read for the numbers. */
  readonly reading: Reading;
  readonly device: 'auto' | 'webgpu' | 'wasm';
  readonly dtype: string | Readonly<Record<string, string>>;
  readonly threads: number | 'auto';
  readonly limit: number | null;
  readonly allowUncertified: boolean;
  /** The arguments as typed, for run.json. */
  readonly command: string;
  /** What an earlier, unfinished run left: its run.json (null when it never got there) and the whole lines of records.jsonl. */
  readonly resume: { readonly info: unknown; readonly records: readonly unknown[] } | null;
  /** Official result files (`<key>_<mode>.json`) of one model, to be read instead of running a model. */
  readonly imported: {
    readonly files: readonly { readonly name: string; readonly text: string }[];
    readonly acceptPartial: boolean;
  } | null;
}

/** One file of the results folder. */
export interface ResultFile {
  readonly path: string;
  readonly text: string;
}

export type DriveEvent =
  /** The page can be driven: `globalThis.lookalike` is there. */
  | { readonly type: 'ready' }
  /** The benchmark is read: what is wrong with it, and what will run. */
  | {
      readonly type: 'benchmark';
      readonly name: string;
      readonly pairs: number;
      readonly problems: readonly Problem[];
      readonly skipped: readonly SkippedPair[];
    }
  /** The run is about to score: what is known of it (run.json of a stopped run), and how much an earlier run did. */
  | { readonly type: 'started'; readonly info: RunInfo; readonly resumed: number }
  | {
      readonly type: 'progress';
      readonly what: string;
      readonly done: number;
      readonly total: number;
      readonly failed: number;
      readonly rate: number | null;
      readonly secondsLeft: number | null;
    }
  | { readonly type: 'message'; readonly text: string }
  /** Lines for records.jsonl, without line ends. */
  | { readonly type: 'records'; readonly lines: readonly string[] };

export interface Unscored {
  readonly pair: string;
  readonly image: number | null;
  readonly method: string | null;
  readonly reason: string;
}

/** How a driven run ended. */
export interface DriveOutcome {
  readonly state: RunInfo['state'];
  /** All files of the results folder; empty when nothing was recorded. */
  readonly files: readonly ResultFile[];
  /** The tables for the terminal. */
  readonly tables: string;
  /** Selected questions without a score. */
  readonly unscored: readonly Unscored[];
  readonly scored: number;
  readonly fault: Fault | null;
}

/** What the page exposes as `globalThis.lookalike` when it is opened with `?drive`. */
export interface Drive {
  run(request: DriveRequest): Promise<DriveOutcome>;
  /** Stops after the work in hand; `run` then resolves. */
  stop(): Promise<void>;
}
