import { usualMethods } from '../../core/methods/registry.ts';
import { LOOKALIKE } from '../../core/prompts/default.ts';
import { BUILTIN_MODEL } from '../../core/models/builtin.ts';
import { newRun } from '../../app/new-run.ts';
import { builtinBenchmark } from './benchmarks.svelte.ts';
import { live } from './live.svelte.ts';

/**
 * Starts the built-in model on the built-in benchmark.
 * @returns the run's id
 * @throws FaultError when a built-in file cannot be read
 */
export async function startDemo(): Promise<string> {
  const config = await newRun({
    modelId: BUILTIN_MODEL,
    benchmark: await builtinBenchmark(),
    methods: usualMethods(),
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
