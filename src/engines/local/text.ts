import { planLadder, type LadderRung } from '../../core/certificate/ladder.ts';
import { COMPUTED_ALONE } from '../../core/certificate/scales.ts';
import { fail, fault, ok, toFault, type Result } from '../../core/fault.ts';
import { chooseDtypes } from '../../core/models/choice.ts';
import { fullPrecision } from '../../core/models/full-precision.ts';
import { isDtype, scaledByRun, type Dtype, type DtypeMap } from '../../core/models/dtypes.ts';
import { dataFilesOf, sessionPaths } from '../../core/models/folder.ts';
import { holdsTemplate, noTextDtype, TEMPLATE_FILES, TEXT_SESSION, textDtypes } from '../../core/models/text.ts';
import type { LikelihoodsRequest } from '../../protocol/text.ts';
import { loadedFiles, type ResolvedModel } from './model.ts';
import type { LocalStore } from './parts.ts';
import type { LoadStep } from '../engine.ts';
import type { TextEngine, TextFacts } from '../text.ts';
import { wasmThreads, type Capabilities } from './device.ts';
import { certifyText, type CertifiedText } from './text-certify.ts';

/** Where and how a text model is wanted. */
export interface TextWish {
  readonly device: 'auto' | 'webgpu' | 'wasm';
  /** 'auto' or a dtype. */
  readonly dtype: string;
  readonly threads: number | 'auto';
  readonly capabilities: Capabilities;
}

/** Reads a small file of a model's folder; null where there is none. */
async function smallFile({ source }: ResolvedModel, path: string): Promise<string | null> {
  if (source.kind === 'blobs') {
    const file = source.files.find((f) => f.path === path);
    return file ? new Blob([...file.parts]).text() : null;
  }
  if (!source.files.some((f) => f.path === path)) return null;
  const response = await fetch(new URL(path, new URL(source.base, document.baseURI)));
  return response.ok ? response.text() : null;
}

async function hasTemplate(model: ResolvedModel): Promise<boolean> {
  for (const path of TEMPLATE_FILES) {
    const content = await smallFile(model, path);
    if (content !== null && holdsTemplate(path, content)) return true;
  }
  return false;
}

/**
 * The ways in which a text model may run here, before anything is loaded; a model that cannot run at all is refused, naming what was found and what to do.
 * @returns rungs of the certificate's ladder, best first
 */
async function textRungs(model: ResolvedModel, wish: TextWish): Promise<Result<readonly LadderRung[]>> {
  const paths = model.files.map((f) => f.path);
  const { device, dtype, capabilities: caps } = wish;
  const have = textDtypes({ id: model.id, paths, config: model.config, chatTemplate: await hasTemplate(model) });
  if (!have.ok) return have;
  if (device === 'webgpu' && caps.adapter === null)
    return fail(fault('no-device', 'This browser offers no WebGPU adapter. Choose the device WASM or auto.'));
  const half = caps.adapter?.half ?? false;
  const bytes = (d: Dtype): number | null => {
    const [graph = ''] = sessionPaths(TEXT_SESSION, d, model.config);
    const files = [graph, ...dataFilesOf(graph, paths)];
    const sizes = model.files.filter((f) => files.includes(f.path)).map((f) => f.size);
    return have.value.includes(d) ? sizes.reduce((n, size) => n + size, 0) : null;
  };
  const choose = (on: 'webgpu' | 'wasm'): readonly DtypeMap[] => {
    const full = fullPrecision(bytes, { device: on, half, memory: caps.memory }).fits;
    const chosen = chooseDtypes({ offered: { [TEXT_SESSION]: have.value }, asked: dtype, device: on, half, full });
    return chosen.ok ? chosen.value.filter((c) => computes(c[TEXT_SESSION] ?? '', on, half)) : [];
  };
  const rungs = planLadder({
    device,
    dtypeAuto: dtype === 'auto',
    webgpuDtypes: choose('webgpu'),
    wasmDtypes: choose('wasm'),
    adapter: caps.adapter,
  });
  if (rungs.length > 0) return ok(rungs);
  const on = device === 'webgpu' || (device === 'auto' && caps.adapter?.fallback === false) ? 'webgpu' : 'wasm';
  return fail(noTextDtype(model.id, have.value, on, half));
}

/** WASM has no kernels of half precision, and a GPU has them only with shader-f16. */
function computes(dtype: string, device: 'webgpu' | 'wasm', half: boolean): boolean {
  return (dtype !== 'fp16' && dtype !== 'q4f16') || (device === 'webgpu' && half);
}

/** A text model that can run here, as far as can be told before it is loaded. */
export interface TextAhead {
  /** Loads it, certified, in a worker of its own. `probe`: the first prompt and at least two texts, with which the certificate is made. */
  open(probe: LikelihoodsRequest, says: (step: LoadStep) => void): Promise<Result<TextEngine>>;
}

/**
 * Looks at a text model before it is loaded; one that cannot run here is refused, naming what was found and what to do.
 * @param store certificates of earlier runs
 */
export async function textAhead(
  model: ResolvedModel,
  wish: TextWish,
  store: Pick<LocalStore, 'certificate' | 'keepCertificate'>,
): Promise<Result<TextAhead>> {
  // Awaited when the model is opened; a run that ends before must not leave a rejection behind.
  model.checked?.catch(() => undefined);
  const rungs = await textRungs(model, wish);
  if (!rungs.ok) return rungs;
  return ok({ open: (probe, says) => openText(model, { rungs: rungs.value, wish, probe, store, says }) });
}

interface OpenText {
  readonly rungs: readonly LadderRung[];
  readonly wish: TextWish;
  readonly probe: LikelihoodsRequest;
  readonly store: Pick<LocalStore, 'certificate' | 'keepCertificate'>;
  readonly says: (step: LoadStep) => void;
}

async function openText(model: ResolvedModel, open: OpenText): Promise<Result<TextEngine>> {
  try {
    const { rungs, probe, store: ports, says, wish } = open;
    const { capabilities } = wish;
    const threads = wasmThreads(wish.threads);
    const certified = await certifyText({ model, rungs, probe, ports, says, capabilities, threads });
    if (!certified.ok) return certified;
    await model.checked;
    return ok(localText(certified.value, factsOf(model, certified.value, wish)));
  } catch (e) {
    return fail(toFault(e));
  }
}

/** Tries that a request gets, each in a fresh worker, after a fault that may have come from the device. */
const TRIES = 3;
const DEVICE_FAULTS: ReadonlySet<string> = new Set(['worker-died', 'device-lost', 'runtime', 'out-of-memory']);

function localText({ host }: CertifiedText, facts: TextFacts): TextEngine {
  const persist = async <T>(work: () => Promise<Result<T>>): Promise<Result<T>> => {
    for (let attempt = 1; ; attempt++) {
      const result = await work();
      if (result.ok || attempt === TRIES || !DEVICE_FAULTS.has(result.fault.code)) return result;
      host.drop(result.fault.message);
    }
  };
  return {
    facts,
    generate: (request, signal) => persist(() => host.ask((api) => api.generate(request), signal)),
    likelihoods: (request, signal) => persist(() => host.ask((api) => api.likelihoods(request), signal)),
    work: async () => (await host.meters())?.work ?? null,
    end: () => host.drop('the text model is done'),
  };
}

/** What a record and run.json say of a text model: one hash, of the graph that was loaded, and all its weights. */
function factsOf(model: ResolvedModel, { certificate }: CertifiedText, wish: TextWish): TextFacts {
  const chosen = certificate.dtype[TEXT_SESSION] ?? 'fp32';
  const dtype = isDtype(chosen) ? chosen : 'fp32';
  const files = loadedFiles(TEXT_SESSION, dtype, model);
  const { device } = certificate;
  const instead = wish.dtype !== 'auto' && wish.dtype !== dtype ? `, since it has no ${wish.dtype}` : '';
  const where = device === 'webgpu' ? 'WebGPU' : 'WASM';
  const messages = [`The text model ${model.id} runs in ${dtype} on ${where}${instead}.`];
  if (scaledByRun(certificate.dtype)) messages.push(COMPUTED_ALONE);
  return { id: model.id, sha256: files[0]?.sha256 ?? '', dtype, files, device, certificate, messages };
}
