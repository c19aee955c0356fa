import type { Certificate } from '../../../src/core/certificate/types.ts';
import type { OptionScore } from '../../../src/core/records/record.ts';
import { capabilities } from '../../../src/engines/local/device.ts';
import { textAhead } from '../../../src/engines/local/text.ts';
import type {
  Generated,
  GenerateRequest,
  LikelihoodsRequest,
  TextEngine,
  TextWork,
} from '../../../src/engines/text.ts';
import type { ResolvedModel } from '../../../src/engines/local/model.ts';

export interface LabText {
  readonly base: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly device: 'auto' | 'webgpu' | 'wasm';
  readonly dtype: string;
  readonly generate: readonly GenerateRequest[];
  readonly likelihoods: LikelihoodsRequest;
  /** Abort each reply as soon as it is asked for. */
  readonly abort?: boolean;
}

export interface LabTextResult {
  readonly replies: readonly (Generated | string)[];
  readonly seconds: readonly number[];
  readonly likelihoods: readonly OptionScore[];
  readonly certificate: Certificate;
  readonly dtype: string;
  readonly work: TextWork | null;
}

/** Asks a text model through the product's own door; a reply that fails is its fault's code. */
export async function ask(request: LabText): Promise<LabTextResult | { readonly refused: string }> {
  const base = new URL(request.base, location.href).href;
  const model: ResolvedModel = {
    id: 'lab-text',
    revision: null,
    source: { kind: 'served', base, files: request.files },
    files: request.files.map((f) => ({ ...f, sha256: f.path })),
    config: (await (await fetch(`${request.base}config.json`)).json()) as unknown,
  };
  const { device, dtype } = request;
  const wish = { device, dtype, threads: 'auto' as const, capabilities: await capabilities() };
  const store = { certificate: () => Promise.resolve(null), keepCertificate: () => Promise.resolve() };
  const ahead = await textAhead(model, wish, store);
  if (!ahead.ok) return { refused: ahead.fault.message };
  const engine = await ahead.value.open(request.likelihoods, () => undefined);
  if (!engine.ok) return { refused: engine.fault.message };
  try {
    return await answers(engine.value, request);
  } finally {
    engine.value.end();
  }
}

async function answers(engine: TextEngine, request: LabText): Promise<LabTextResult> {
  const replies: (Generated | string)[] = [];
  const seconds: number[] = [];
  for (const asked of request.generate) {
    const began = performance.now();
    const stop = new AbortController();
    const reply = engine.generate(asked, stop.signal);
    if (request.abort) stop.abort();
    const result = await reply;
    seconds.push((performance.now() - began) / 1000);
    replies.push(result.ok ? result.value : result.fault.code);
  }
  const work = (await engine.work?.()) ?? null;
  const { certificate } = engine.facts;
  if (certificate === null || 'kind' in certificate) throw new Error('A model of this device has a certificate.');
  const likelihoods = await engine.likelihoods(request.likelihoods);
  return {
    ...{ replies, seconds, likelihoods: likelihoods.ok ? likelihoods.value : [] },
    certificate,
    dtype: engine.facts.dtype,
    work,
  };
}
