import { fault, FaultError, type Result } from '../../src/core/fault.ts';
import { prepareImage } from '../../src/core/images/prepare.ts';
import { createTapCache } from '../../src/core/images/taps.ts';
import type { PixelPolicy, ProcessedImage } from '../../src/core/images/types.ts';
import type { Embedded, EncoderLoadRequest, LoadedEncoder } from '../../src/protocol/encoder.ts';
import { adapterFacts, type GpuMeter } from '../onnx/gpu.ts';
import { configureBackend, libraryVersions } from '../onnx/runtime.ts';
import { startRuntime } from '../onnx/start.ts';
import { decodeImage } from '../pixels/decode.ts';
import { openEncoder } from './session.ts';

export interface Encoder {
  readonly loaded: LoadedEncoder;
  embed(images: readonly Blob[], policy: PixelPolicy): Promise<readonly Embedded[]>;
}

/** An encoder in this worker: pixels by Lookalike's own path, under the folder's own preprocessor. */
export async function createEncoder(request: EncoderLoadRequest, meter: GpuMeter): Promise<Encoder> {
  configureBackend(request, meter);
  await startRuntime();
  const opened = await openEncoder(request);
  const cache = createTapCache();

  async function prepared(image: Blob, policy: PixelPolicy): Promise<Result<ProcessedImage>> {
    const decoded = await decodeImage(image, policy);
    if (!decoded.ok) return decoded;
    const made = prepareImage(decoded.value.raster, { ...opened.processor, policy }, cache);
    return made.ok ? opened.check(made.value) : made;
  }

  return {
    loaded: {
      kind: opened.kind,
      modelType: opened.processor.modelType,
      file: opened.file,
      device: {
        ...(request.device === 'webgpu' ? await adapterFacts() : { adapter: null, features: [], limits: {} }),
        threads: request.threads,
      },
      libraries: libraryVersions(),
      batches: opened.batches,
    },
    async embed(images, policy) {
      const all: Result<ProcessedImage>[] = [];
      for (const image of images) all.push(await prepared(image, policy));
      const rows = await opened.run(all.flatMap((p) => (p.ok ? [p.value] : [])));
      rows.forEach(requireFinite);
      let next = 0;
      return all.map((p): Embedded => (p.ok ? { ok: true, embedding: rows[next++] ?? new Float32Array(0) } : p));
    },
  };
}

function requireFinite(row: Float32Array): void {
  if (row.some((x) => !Number.isFinite(x)))
    throw new FaultError(
      fault('device-wrong', 'The encoder gave numbers that are not finite: it overflows on this device. Use WASM.'),
    );
}
