import { policyFor } from '../../core/pixels/policy.ts';
import { LOOKALIKE } from '../../core/prompts/default.ts';
import type { PromptSet } from '../../core/prompts/types.ts';
import { BUILTIN_MODEL } from '../../run/models.ts';
import { promptsOfRun } from '../../run/prompts.ts';
import type { RunConfig } from '../../run/types.ts';
import type { StoredBenchmark } from '../../store/benchmark-rows.ts';
import { builtinBenchmark } from './benchmarks.svelte.ts';
import { live } from './live.svelte.ts';

/** What a run needs to be told; the rest follows. */
export interface Choice {
  readonly modelId: string;
  readonly benchmark: StoredBenchmark;
  readonly methods: readonly string[];
  readonly promptSet: PromptSet;
  /** Sets whose words the methods under `+paraphrase` ask in. */
  readonly words?: readonly PromptSet[];
  readonly device: RunConfig['device'];
  readonly dtype: RunConfig['dtype'];
  readonly threads: RunConfig['threads'];
  readonly limit: number | null;
  readonly allowUncertified: boolean;
  readonly keepFeatures: boolean;
  /** Model that judges free answers; the built-in judge when absent. */
  readonly judgeId?: string;
  /** SHA-256 of the images of the prompt set's shots, by file name. */
  readonly shotImages?: Readonly<Record<string, string>>;
}

/** A new run's configuration, with an id of its own. */
export async function makeConfig({ benchmark, promptSet, words, methods, ...choice }: Choice): Promise<RunConfig> {
  return {
    id: newId(),
    createdAt: new Date().toISOString(),
    benchmarkId: benchmark.id,
    benchmarkName: benchmark.benchmark.name,
    policy: policyFor(benchmark.benchmark.sha256),
    ...choice,
    ...(await promptsOfRun(methods, promptSet, words ?? [])),
  };
}

/** Short enough for an address to be read aloud, long enough never to meet another. */
export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(5))].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/**
 * Starts the built-in model on the built-in benchmark.
 * @returns the run's id
 * @throws FaultError when a built-in file cannot be read
 */
export async function startDemo(): Promise<string> {
  const config = await makeConfig({
    modelId: BUILTIN_MODEL,
    benchmark: await builtinBenchmark(),
    methods: ['gd', 'ps'],
    promptSet: LOOKALIKE,
    device: 'auto',
    dtype: 'auto',
    threads: 'auto',
    limit: null,
    allowUncertified: false,
    keepFeatures: false,
  });
  await live.start(config);
  return config.id;
}
