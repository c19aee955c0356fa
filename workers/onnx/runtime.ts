import { env as libraryEnv } from '@huggingface/transformers';
import { env as ort } from 'onnxruntime-web/webgpu';
import plainWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import plainMjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import gpuWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import gpuMjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import type { Device } from '../../src/protocol/model.ts';
import type { Rung } from '../../src/protocol/engine.ts';
import type { GpuMeter } from './gpu.ts';
import { hideSubgroups } from './gpu.ts';
import type { ModelFiles } from './files.ts';

/** The id under which the library asks for a model's files; they are served by `ModelFiles`, never by the network. */
export const LOCAL_ID = 'lookalike-model';
const LOCAL_PATH = '/models/';

/**
 * The runtime's own files. The build that can wait for a GPU pays for it in every function that it has: on WASM it takes up to eight times as long as the
 * plain one for the same graph, and gives the same bits.
 */
const FILES: Readonly<Record<Device, { readonly wasm: string; readonly mjs: string }>> = {
  wasm: { wasm: plainWasm, mjs: plainMjs },
  webgpu: { wasm: gpuWasm, mjs: gpuMjs },
};

/** What a realm's runtime depends on; one for its whole life. */
export interface BackendRequest {
  readonly device: Device;
  /** WASM threads. */
  readonly threads: number;
  readonly rung: Rung;
}

/**
 * Makes this realm ready for sessions: the device made safe, GPU bytes counted, the runtime's own files and threads. Must run before the first
 * session; again with the same device, rung and meter it changes nothing, so that the device can be checked before a model is opened.
 */
export function configureBackend({ device, threads, rung }: BackendRequest, meter: GpuMeter): void {
  if (rung.hideSubgroups) hideSubgroups();
  meter.install();
  ort.wasm.wasmPaths = {
    wasm: new URL(FILES[device].wasm, self.location.href).href,
    mjs: new URL(FILES[device].mjs, self.location.href).href,
  };
  ort.wasm.numThreads = threads;
  ort.wasm.proxy = false;
}

/**
 * Points the library and the runtime at this page's own files and nowhere else. `env` is per realm: every worker must call this once, before
 * its first session. A 404 stands for each file that the model folder lacks, so optional files are optional and no request is made.
 */
export function configureRuntime(files: ModelFiles, request: BackendRequest, meter: GpuMeter): void {
  configureBackend(request, meter);
  // The blob: URL that the library would otherwise import the runtime from is refused by the content security policy.
  libraryEnv.useWasmCache = false;
  libraryEnv.allowRemoteModels = false;
  libraryEnv.allowLocalModels = true;
  libraryEnv.localModelPath = LOCAL_PATH;
  libraryEnv.useBrowserCache = false;
  libraryEnv.useCustomCache = true;
  libraryEnv.customCache = {
    match: (key: string) => files.response(pathOf(key)),
    put: () => Promise.resolve(),
  };
  libraryEnv.fetch = () => Promise.resolve(new Response(null, { status: 404 }));
}

function pathOf(key: string): string {
  const i = key.indexOf(`${LOCAL_ID}/`);
  return i < 0 ? key : key.slice(i + LOCAL_ID.length + 1);
}

/** Versions that a result depends on. */
export function libraryVersions(): Record<string, string> {
  return { 'transformers.js': libraryEnv.version, 'onnxruntime-web': ort.versions.web ?? ort.versions.common };
}
