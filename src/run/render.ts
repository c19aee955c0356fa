import { fail, fault, ok, type Result } from '../core/fault.ts';
import type { ImageIndex } from '../core/benchmark/types.ts';
import type { RenderedPrompt } from '../protocol/engine.ts';
import { chooseRungs } from './choose.ts';
import { capabilities, wasmThreads } from './device.ts';
import { EngineHost } from './engine-host.ts';
import { holdDevice } from './lock.ts';
import { PixelsHost } from './pixels-host.ts';
import type { RunPorts } from './ports.ts';
import { groupRequest, pairsById } from './requests.ts';
import type { RunConfig } from './types.ts';

export type { RenderedPrompt } from '../protocol/engine.ts';

/**
 * The prompts of one item as the run's model reads them: rendered by its chat template, images expanded, with their token ids. Loads the model on WASM for
 * it, since the number of image tokens is the vision encoder's to say.
 */
export async function renderItem(
  ports: RunPorts,
  config: RunConfig,
  pair: string,
  image: ImageIndex,
): Promise<Result<readonly RenderedPrompt[]>> {
  const benchmark = await ports.benchmark(config.benchmarkId);
  const found = benchmark?.pairs.find((p) => p.id === pair);
  const sha256 = found?.images[image === 1 ? 0 : 1].sha256;
  if (!benchmark || !found || !sha256)
    return fail(fault('not-found', 'The benchmark of this item is no longer kept on this device. Bring it again.'));
  const model = await ports.model(config.modelId);
  const rungs = chooseRungs({ ...config, device: 'wasm', dtype: 'auto' }, model, await capabilities());
  if (!rungs.ok) return rungs;
  const [rung] = rungs.value;
  if (!rung) return fail(fault('bad-model', 'The model folder has nothing that WASM can load.'));
  const release = await holdDevice(
    () => undefined,
    () => false,
  );
  const host = new EngineHost(model, rung, wasmThreads(config.threads));
  const pixels = new PixelsHost(ports, config.policy);
  try {
    const loaded = await host.load();
    if (!loaded.ok) return loaded;
    const methods = config.methods.filter((m) => !m.endsWith('+blank-image'));
    const group = { imageSha256: sha256, questions: [{ pair, image, methods }] };
    const prompts = await host.render(groupRequest(group, pairsById(benchmark), config), (sha) =>
      pixels.prepare(sha, loaded.value),
    );
    return prompts.ok ? ok(prompts.value) : prompts;
  } finally {
    host.drop('the prompt is shown');
    pixels.end();
    release();
  }
}
