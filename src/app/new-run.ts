import { hex } from '../core/bytes.ts';
import type { Benchmark } from '../core/benchmark/types.ts';
import { DEFAULT_CHAT, type ChatSettings } from '../core/chat/settings.ts';
import type { MethodChoice } from '../core/methods/names.ts';
import type { ProbeSettings } from '../core/methods/probes.ts';
import { policyFor } from '../core/images/policy.ts';
import type { PromptSet } from '../core/prompts/types.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import { probesOfRun } from './probes-of-run.ts';
import { promptsOfRun } from './prompts-of-run.ts';

/** What a run needs to be told; the rest follows. */
export interface RunChoice {
  readonly modelId: string;
  /** As it is kept: the id, and the benchmark itself. */
  readonly benchmark: {
    readonly id: string;
    readonly benchmark: Pick<Benchmark, 'name' | 'sha256' | 'pairs' | 'marks' | 'part'>;
  };
  readonly methods: readonly MethodChoice[];
  readonly promptSet: PromptSet;
  /** Sets whose words the methods under `+paraphrase` ask in. */
  readonly words?: readonly PromptSet[];
  readonly device: RunConfig['device'];
  readonly dtype: RunConfig['dtype'];
  readonly threads: RunConfig['threads'];
  readonly limit: number | null;
  readonly shard?: NonNullable<RunConfig['shard']>;
  readonly allowUncertified: boolean;
  readonly keepFeatures?: boolean;
  /** The server that has the model; a model of this browser when absent. */
  readonly server?: NonNullable<RunConfig['server']>;
  /** What the chat template is told; told not to think when absent. */
  readonly chat?: ChatSettings;
  /** Model that judges free answers; the built-in judge when absent. */
  readonly judgeId?: string;
  /** The server that has the judge, where it is a model behind one. */
  readonly judgeServer?: NonNullable<RunConfig['judgeServer']>;
  /** How free answers are judged; as published when absent. */
  readonly judging?: NonNullable<RunConfig['judging']>;
  /** Marks and other settings of conditions such as `gd+marks`; the benchmark's own marks, and seed 0, when absent. */
  readonly probes?: Partial<ProbeSettings>;
  /** SHA-256 of the images of the prompt set's shots, by file name. */
  readonly shotImages?: Readonly<Record<string, string>>;
}

/**
 * A new run's configuration: the one place that makes one, for the page and the command line.
 * @param id of the run; made up where none is given
 */
export async function newRun(
  { benchmark, promptSet, words, methods, probes, ...choice }: RunChoice,
  id: string = newId(),
): Promise<RunConfig> {
  return {
    id,
    createdAt: new Date().toISOString(),
    benchmarkId: benchmark.id,
    benchmarkName: benchmark.benchmark.name,
    policy: policyFor(benchmark.benchmark.sha256),
    chat: DEFAULT_CHAT,
    ...choice,
    ...(await promptsOfRun(methods, promptSet, words ?? [])),
    ...(await probesOfRun(methods, benchmark.benchmark, probes)),
  };
}

/** A new run with the choices of an earlier one, as this version of Lookalike makes it. */
export function anew(config: RunConfig, benchmark: Pick<Benchmark, 'sha256'>): RunConfig {
  return { ...config, id: newId(), createdAt: new Date().toISOString(), policy: policyFor(benchmark.sha256) };
}

/** Short enough for an address to be read aloud, long enough never to meet another. */
export function newId(): string {
  return hex(crypto.getRandomValues(new Uint8Array(5)));
}
