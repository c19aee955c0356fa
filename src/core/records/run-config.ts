import type { ShardOfRun } from '../benchmark/shard.ts';
import type { ChatSettings } from '../chat/settings.ts';
import type { DeviceChoice } from '../device.ts';
import type { RunProbes } from '../methods/probes.ts';
import type { JudgingOptions } from '../methods/judging.ts';
import type { PixelPolicy } from '../images/types.ts';
import type { PromptSet } from '../prompts/types.ts';
import type { ServerConfig } from '../servers/config.ts';

/** `RunConfig.judgeId` of the model under test, and of people who enter scores on the page. */
export const SELF_JUDGE = 'self';
export const PERSON_JUDGE = 'person';

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
  readonly device: DeviceChoice;
  /** 'auto', one dtype for all files, or file to dtype. */
  readonly dtype: string | Readonly<Record<string, string>>;
  readonly threads: number | 'auto';
  /** First N pairs only; null for all. */
  readonly limit: number | null;
  /** The share of those pairs that this run is about; all of them when absent. */
  readonly shard?: ShardOfRun;
  readonly policy: PixelPolicy;
  /** What the model's chat template is told; `DEFAULT_CHAT` where nothing is said. */
  readonly chat?: ChatSettings;
  /** Run although no certificate passes; every table then says so. */
  readonly allowUncertified: boolean;
  /** What the methods under `paraphrase-1`, `paraphrase-2`, ... ask, each with the SHA-256 of its canonical JSON. */
  readonly paraphrases?: readonly { readonly promptSet: PromptSet; readonly sha256: string }[];
  /** Who judges free answers (FF): a model id as `modelId`, `SELF_JUDGE` or `PERSON_JUDGE`; the built-in judge when absent. */
  readonly judgeId?: string;
  /** The server that has the judge, where it is a model behind one. */
  readonly judgeServer?: ServerConfig;
  /** How free answers are judged; as published when absent. */
  readonly judging?: JudgingOptions;
  /** SHA-256 of the images of the prompt set's shots, by the file name that the set gives them. */
  readonly shotImages?: Readonly<Record<string, string>>;
  /** The server that has the model; a model of this browser when absent. */
  readonly server?: ServerConfig;
  /** What is done to images under conditions such as `gd+marks`; absent where no condition needs it. */
  readonly probes?: RunProbes;
  /** Keep image features in IndexedDB, so that a later run with other prompts encodes no image. */
  readonly keepFeatures?: boolean;
}
