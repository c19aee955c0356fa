import type { InferenceSession } from 'onnxruntime-web/webgpu';
import { sessionPaths } from '../../src/core/models/folder.ts';
import type { Rung } from '../../src/protocol/engine.ts';
import type { Device, DtypeMap, ModelSource } from '../../src/protocol/model.ts';
import type { ModelFiles } from './files.ts';
import { SEARCHED_BYTES } from '../../src/core/onnx/external.ts';
import { unpackWeights, type Unpacked } from './unpack.ts';
import { cpuNodes, webgpuProvider } from './webgpu.ts';

/** What the options of a model's sessions follow from. */
export interface SessionRequest {
  readonly source: ModelSource;
  readonly device: Device;
  readonly dtype: DtypeMap;
  readonly rung: Rung;
  readonly unpackBytes?: number;
  /** Unpacked weights are held once more as the runtime's kernels want them: more memory and a third less time a token. */
  readonly prepack?: boolean;
}

export interface SessionOptions {
  readonly session: InferenceSession.SessionOptions;
  /** Matrices that were unpacked from 4 bits. */
  readonly unpacked: number;
}

/**
 * Options for a model's sessions: on WebGPU the provider and the nodes that stay on the CPU, on WASM the decoder's 4-bit weights unpacked.
 * @param sessions the model's session files, without dtype suffix and ending
 * @param once those among them whose weights are used once a token, the largest first
 */
export async function sessionOptions(
  files: ModelFiles,
  request: SessionRequest,
  config: unknown,
  sessions: readonly string[],
  once: readonly string[],
): Promise<SessionOptions> {
  if (request.device !== 'webgpu')
    return wasmOptions(await unpackAll(files, request, config, once), request.prepack ?? false);
  const provider = webgpuProvider(request.rung, await nodesOnCpu(files, request, sessions, config));
  return { session: { executionProviders: [provider] }, unpacked: 0 };
}

/** `cpuNodes` of all session files. */
async function nodesOnCpu(
  files: ModelFiles,
  request: SessionRequest,
  sessions: readonly string[],
  config: unknown,
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of sessions) {
    const path = sessionPaths(name, request.dtype[name] ?? 'fp32', config)[0] ?? '';
    const size = request.source.files.find((f) => f.path === path)?.size ?? Infinity;
    if (size > SEARCHED_BYTES) continue;
    const body = await (await files.response(path))?.arrayBuffer();
    if (body) names.push(...cpuNodes(new Uint8Array(body)));
  }
  return names;
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

/** What was unpacked of the sessions, all within the budget. */
async function unpackAll(
  files: ModelFiles,
  request: SessionRequest,
  config: unknown,
  sessions: readonly string[],
): Promise<readonly UnpackedFile[]> {
  const made: UnpackedFile[] = [];
  let left = request.unpackBytes ?? unpackBytes();
  for (const name of sessions) {
    const file = await unpackFile(files, request, config, name, left);
    if (!file) continue;
    made.push(file);
    left -= file.data.byteLength;
  }
  return made;
}

/** A session's 4-bit weights as fp32 ones, its new graph put in the place of its file; null where it stays as it is. */
async function unpackFile(
  files: ModelFiles,
  request: SessionRequest,
  config: unknown,
  name: string,
  budget: number,
): Promise<UnpackedFile | null> {
  const [path, ...data] = sessionPaths(name, request.dtype[name] ?? 'fp32', config);
  if (path === undefined || data.length > 0 || request.dtype[name] !== 'q4') return null;
  const size = request.source.files.find((f) => f.path === path)?.size ?? Infinity;
  if (size > SEARCHED_BYTES) return null;
  const body = await (await files.response(path))?.arrayBuffer();
  const dataPath = `${path.split('/').at(-1) ?? ''}_data`;
  try {
    const unpacked = body ? unpackWeights(new Uint8Array(body), dataPath, budget) : null;
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
 * Prepacking holds the unpacked weights nearly one and a half times (measured on SmolVLM 256M's shape: 749 MB instead of 527 MB) and saves 30 to 60
 * ms of processor time a run: little for a model that sees images, much for a text model, which writes token by token and has the device for itself.
 */
function wasmOptions(unpacked: readonly UnpackedFile[], prepack: boolean): SessionOptions {
  if (unpacked.length === 0) return { session: {}, unpacked: 0 };
  const externalData = unpacked.map(({ dataPath: path, data }) => ({ path, data }));
  const extra = prepack ? {} : { extra: { session: { disable_prepacking: '1' } } };
  return { session: { externalData, ...extra }, unpacked: unpacked.reduce((n, u) => n + u.nodes, 0) };
}
