import type { Result } from '../../core/fault.ts';
import type { Client } from '../../bridge/worker.ts';
import type { EngineApi } from '../../protocol/engine.ts';
import type { TextEngine, TextFacts } from '../text.ts';
import type { Certified } from './certify.ts';
import { rolesOf } from '../../core/models/families/registry.ts';
import { loadedFiles, type ResolvedModel } from './model.ts';

/** The model under test as a text model: asked without an image, in the worker that holds it. `end` leaves the worker to its owner. */
export function hostText({ host, loaded, certificate }: Certified, model: ResolvedModel): TextEngine {
  const { decoder, head } = rolesOf(model.config);
  const dtypeOf = (session: string) => host.rung.dtype[session] ?? 'fp32';
  const dtype = dtypeOf(decoder);
  const files = [decoder, ...(head === null ? [] : [head])].flatMap((s) => loadedFiles(s, dtypeOf(s), model));
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
