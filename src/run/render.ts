import { fileImage } from '../core/images/ref.ts';
import { fail, fault, toFault, type Result } from '../core/fault.ts';
import type { ImageIndex } from '../core/benchmark/types.ts';
import { showsOwnImage } from '../core/methods/probes.ts';
import { requestedMethods } from '../core/methods/registry.ts';
import type { RenderedPrompt } from '../core/plan/ask.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import type { RunPorts } from './ports.ts';
import { groupAsk, pairsById } from './requests.ts';

/**
 * The prompts of one item as the run's model reads them: rendered by its chat template, images expanded, with their token ids. Loads the model for it, since
 * the number of image tokens is the vision encoder's to say.
 */
export async function renderItem(
  ports: Pick<RunPorts, 'benchmark' | 'engine'>,
  config: RunConfig,
  pair: string,
  image: ImageIndex,
): Promise<Result<readonly RenderedPrompt[]>> {
  const benchmark = await ports.benchmark(config.benchmarkId);
  const found = benchmark?.pairs.find((p) => p.id === pair);
  const sha256 = found?.images[image === 1 ? 0 : 1].sha256;
  if (!benchmark || !found || !sha256)
    return fail(fault('not-found', 'The benchmark of this item is no longer kept on this device. Bring it again.'));
  const engine = await ports.engine(config);
  try {
    const methods = requestedMethods(config.methods).filter((m) => showsOwnImage(m.condition));
    const group = { image: fileImage(sha256), questions: [{ pair, image, methods }] };
    return await engine.render(groupAsk(group, pairsById(benchmark), config));
  } catch (e) {
    return fail(toFault(e));
  } finally {
    engine.end('the prompt is shown');
  }
}
