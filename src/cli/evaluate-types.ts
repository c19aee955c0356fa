import type { Shard } from '../core/benchmark/shard.ts';
import type { ChatSettings } from '../core/chat/settings.ts';
import type { Fault } from '../core/fault.ts';
import type { ResultText } from '../core/exchange/results-folder.ts';
import type { ProbeSettings } from '../core/methods/probes.ts';
import type { JudgingOptions } from '../core/methods/judging.ts';
import type { Reading } from '../core/methods/reading.ts';
import type { ServerConfig } from '../core/servers/config.ts';
import type { RunInfo } from '../core/records/run-info.ts';
import type { NamedText, ServedFolder } from './types.ts';

/** A run as the command line asks for it. */
export interface EvaluateRequest {
  readonly benchmark: ServedFolder;
  /** The server that has the model; null: `model` is run in this browser. */
  readonly server: ServerConfig | null;
  /** `revision` is that of the hub where the folder came from there. */
  readonly model: ServedFolder & { readonly revision: string | null };
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
  /** Settings of conditions such as `gd+marks`; marks only where a file of them is named. */
  readonly probes?: Partial<ProbeSettings>;
  /** Folder of the images that a few-shot prompt set shows. */
  readonly shots: ServedFolder | null;
  /** Text model that judges free answers, or the model under test itself; null: the built-in one. */
  readonly judge: NamedText | 'self' | null;
  readonly judging: JudgingOptions;
  /** How raw answers are read for the numbers. */
  readonly reading: Partial<Reading>;
  readonly device: 'auto' | 'webgpu' | 'wasm';
  readonly dtype: string | Readonly<Record<string, string>>;
  readonly threads: number | 'auto';
  readonly limit: number | null;
  /** The share of those pairs to run; null for all. */
  readonly shard?: Shard | null;
  /** Whether models think first, and how long a thought may be; off where nothing is said. */
  readonly chat?: Pick<ChatSettings, 'thinking' | 'thoughtTokens'>;
  readonly allowUncertified: boolean;
  /** The arguments as typed, for run.json. */
  readonly command: string;
  /** What an earlier, unfinished run left: its run.json (null when it never got there) and the whole lines of records.jsonl. */
  readonly resume: { readonly info: unknown; readonly records: readonly unknown[] } | null;
}

/** Official result files (`<key>_<mode>.json`) of one model, to be read instead of running a model. */
export interface ImportRequest {
  readonly benchmark: ServedFolder;
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly acceptPartial: boolean;
  readonly reading: Partial<Reading>;
  readonly limit: number | null;
  readonly command: string;
}

export interface Unscored {
  readonly pair: string;
  readonly image: number | null;
  readonly method: string | null;
  readonly reason: string;
}

/** How a run or an import ended. */
export interface RunOutcome {
  readonly state: RunInfo['state'];
  /** All files of the results folder; empty when nothing was recorded. */
  readonly files: readonly ResultText[];
  /** The tables for the terminal. */
  readonly tables: string;
  /** Selected questions without a score. */
  readonly unscored: readonly Unscored[];
  readonly scored: number;
  readonly fault: Fault | null;
}
