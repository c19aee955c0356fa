import { AutoModelForImageTextToText } from '@huggingface/transformers';
import type { InferenceSession } from 'onnxruntime-web/webgpu';
import { sessionPaths } from '../../src/core/catalogue/folder.ts';
import { familyOf } from '../../src/core/families/registry.ts';
import { sessionFiles } from '../../src/core/families/sessions.ts';
import type { Family, FamilyFiles } from '../../src/core/families/types.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import type { LoadRequest } from '../../src/protocol/engine.ts';
import type { DtypeMap } from '../../src/protocol/model.ts';
import type { ModelFiles } from './files.ts';
import { nodeNames } from './graph.ts';
import { LOCAL_ID } from './runtime.ts';
import { unpackWeights, type Unpacked } from './unpack.ts';

export interface Sessions {
  readonly vision: InferenceSession;
  readonly embed: InferenceSession;
  readonly decoder: InferenceSession;
  /** Encoder of encoder-decoder families. */
  readonly encoder: InferenceSession | null;
  readonly all: Readonly<Record<string, InferenceSession>>;
  release(): Promise<void>;
}

export interface OpenedModel {
  readonly family: Family;
  readonly files: FamilyFiles;
  readonly sessions: Sessions;
  /** Matrices of the decoder that were unpacked from 4 bits at load. */
  readonly unpacked: number;
}

/** Reads the configuration files, decides the family, checks that every session file is there, and creates the sessions. */
export async function openModel(files: ModelFiles, request: LoadRequest): Promise<OpenedModel> {
  const config = await files.json('config.json');
  if (config === null)
    throw new FaultError(fault('bad-model', 'The model folder has no config.json. Bring the whole folder.'));
  const found = familyOf(config);
  if (!found.ok) throw new FaultError(found.fault);
  const family = found.value;
  requireFiles(files, config, family, request.dtype);
  const familyFiles: FamilyFiles = {
    config,
    processor: await files.json('processor_config.json'),
    preprocessor: await files.json('preprocessor_config.json'),
    tokenizerConfig: await files.json('tokenizer_config.json'),
  };
  const options =
    request.device === 'webgpu'
      ? webgpuOptions(request, await preciseNodes(files, request, family, config))
      : wasmOptions(await unpackDecoder(files, request, config));
  return {
    family,
    files: familyFiles,
    sessions: await openSessions(request, options.session),
    unpacked: options.unpacked,
  };
}

function requireFiles(files: ModelFiles, config: unknown, family: Family, dtype: DtypeMap): void {
  const missing: string[] = [];
  for (const name of sessionFiles(family)) {
    const d = dtype[name];
    if (d === undefined)
      throw new FaultError(fault('bad-argument', `No dtype was chosen for ${name}.`, { file: name }));
    for (const path of sessionPaths(name, d, config)) if (!files.has(path)) missing.push(path);
  }
  if (missing.length > 0)
    throw new FaultError(
      fault(
        'bad-model',
        `The model folder lacks ${missing.join(', ')}. Bring the missing file, or choose a dtype that the folder has.`,
        {
          missing: missing.join(', '),
        },
      ),
    );
}

/** Graphs above this many bytes are not searched: exports of that size keep their rotary angles in tables. */
const SEARCHED_BYTES = 300 * 1024 * 1024;

/**
 * Nodes that stay on the CPU under WebGPU: WGSL promises sine and cosine to 5e-4 only, so a graph that makes its rotary angles itself would move log p by some
 * 1e-3 (measured on SwiftShader: 7e-3). Exports that keep the angles in tables have no such nodes.
 */
async function preciseNodes(
  files: ModelFiles,
  request: LoadRequest,
  family: Family,
  config: unknown,
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of sessionFiles(family)) {
    const path = sessionPaths(name, request.dtype[name] ?? 'fp32', config)[0] ?? '';
    const size = request.source.files.find((f) => f.path === path)?.size ?? Infinity;
    if (size > SEARCHED_BYTES) continue;
    const body = await (await files.response(path))?.arrayBuffer();
    if (body) names.push(...nodeNames(new Uint8Array(body), new Set(['Sin', 'Cos'])));
  }
  return names;
}

interface Options {
  readonly session: InferenceSession.SessionOptions;
  readonly unpacked: number;
}

function webgpuOptions(request: LoadRequest, forceCpuNodeNames: readonly string[]): Options {
  const accumulate = { name: 'webgpu' as const, enableMatmulFp32Accumulation: request.rung.fp32Accumulation };
  const webgpu = forceCpuNodeNames.length > 0 ? { ...accumulate, forceCpuNodeNames } : accumulate;
  return { session: { executionProviders: [webgpu] }, unpacked: 0 };
}

/** Most bytes that a decoder's unpacked weights may take, where a request says nothing: WebAssembly has 4 GB for all that a model needs. */
const UNPACK_BYTES = 2 ** 30;

/** `UNPACK_BYTES`, and no more than a quarter of the device's memory where the browser tells it. */
function unpackBytes(): number {
  const gigabytes = 'deviceMemory' in navigator ? navigator.deviceMemory : null;
  return typeof gigabytes === 'number' ? Math.min(UNPACK_BYTES, gigabytes * 2 ** 28) : UNPACK_BYTES;
}

interface UnpackedFile extends Unpacked {
  /** Name of the data file, as the session knows it. */
  readonly dataPath: string;
}

/** The decoder's 4-bit weights as fp32 ones, its new graph put in the place of its file; null where it stays as it is. */
async function unpackDecoder(files: ModelFiles, request: LoadRequest, config: unknown): Promise<UnpackedFile | null> {
  const name = 'decoder_model_merged';
  const [path, ...data] = sessionPaths(name, request.dtype[name] ?? 'fp32', config);
  if (path === undefined || data.length > 0 || request.dtype[name] !== 'q4') return null;
  const size = request.source.files.find((f) => f.path === path)?.size ?? Infinity;
  if (size > SEARCHED_BYTES) return null;
  const body = await (await files.response(path))?.arrayBuffer();
  const dataPath = `${path.split('/').at(-1) ?? ''}_data`;
  try {
    const unpacked = body ? unpackWeights(new Uint8Array(body), dataPath, request.unpackBytes ?? unpackBytes()) : null;
    if (!unpacked) return null;
    files.replace(path, unpacked.graph);
    return { ...unpacked, dataPath };
  } catch (e) {
    // No memory for it, or a broken graph, of which the runtime has the better words.
    if (e instanceof RangeError) return null;
    throw e;
  }
}

/**
 * Prepacking would hold the unpacked weights nearly one and a half times (measured on SmolVLM 256M's shape: 749 MB instead of 527 MB) and save 30 to 60
 * ms of processor time a run.
 */
function wasmOptions(unpacked: UnpackedFile | null): Options {
  if (!unpacked) return { session: {}, unpacked: 0 };
  const externalData = [{ path: unpacked.dataPath, data: unpacked.data }];
  return { session: { externalData, extra: { session: { disable_prepacking: '1' } } }, unpacked: unpacked.nodes };
}

async function openSessions(request: LoadRequest, sessionOptions: InferenceSession.SessionOptions): Promise<Sessions> {
  const model = await AutoModelForImageTextToText.from_pretrained(LOCAL_ID, {
    device: request.device,
    dtype: { ...request.dtype, ...(request.dtype['encoder_model'] ? { model: request.dtype['encoder_model'] } : {}) },
    session_options: sessionOptions,
  });
  const all = model.sessions as Record<string, InferenceSession>;
  const need = (name: string): InferenceSession => {
    const s = all[name];
    if (!s) throw new FaultError(fault('bad-model', `The model has no ${name} session.`, { session: name }));
    return s;
  };
  return {
    vision: need('vision_encoder'),
    embed: need('embed_tokens'),
    decoder: need('decoder_model_merged'),
    encoder: all['model'] ?? null,
    all,
    release: async () => {
      await model.dispose();
    },
  };
}
