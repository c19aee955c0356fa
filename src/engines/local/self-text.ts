import type { Result } from '../../core/fault.ts';
import type { Client } from '../../bridge/worker.ts';
import type { EngineApi } from '../../protocol/engine.ts';
import type { TextEngine, TextFacts } from '../text.ts';
import type { Certified } from './certify.ts';
import { loadedFiles, type ResolvedModel } from './model.ts';

const DECODER = 'decoder_model_merged';

/** The model under test as a text model: asked without an image, in the worker that holds it. `end` leaves the worker to its owner. */
export function hostText({ host, loaded, certificate }: Certified, model: ResolvedModel): TextEngine {
  const dtype = host.rung.dtype[DECODER] ?? 'fp32';
  const files = loadedFiles(DECODER, dtype, model);
  const facts: TextFacts = {
    id: model.id,
    sha256: files[0]?.sha256 ?? '',
    ...{ dtype, files, certificate },
    device: certificate.device,
    messages: loaded.caveat === null ? [] : [loaded.caveat],
  };
  return {
    facts,
    generate: (request, signal) => asked(signal, (client) => client.call((api) => api.generate(request))),
    likelihoods: (request, signal) => asked(signal, (client) => client.call((api) => api.likelihoods(request))),
    end: () => undefined,
  };

  /** Loads the model again where its worker has died, and passes on the wish to stop. */
  async function asked<T>(
    signal: AbortSignal | undefined,
    ask: (client: Client<EngineApi>) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const ready = await host.load();
    if (!ready.ok) return ready;
    const client = host.worker();
    const cancel = (): void => void client.call(async (api) => ({ ok: true, value: await api.cancel() }));
    signal?.addEventListener('abort', cancel);
    try {
      return await ask(client);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }
}
