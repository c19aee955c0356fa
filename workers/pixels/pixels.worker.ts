import { expose, transfer } from 'comlink';
import type { Result } from '../../src/core/fault.ts';
import type { PixelsApi } from '../../src/protocol/pixels.ts';
import { holdLife } from '../life.ts';
import { createPixels } from './pixels.ts';

const pixels = createPixels();

/** Pixels and tensors leave the worker by transfer: they are large, and nobody here needs them again. */
function leaving<T>(result: Result<T>, buffers: (value: T) => readonly ArrayBufferLike[]): Result<T> {
  if (!result.ok) return result;
  return transfer(
    result,
    buffers(result.value).filter((b): b is ArrayBuffer => b instanceof ArrayBuffer),
  );
}

const api: PixelsApi = {
  check: (image) => pixels.check(image),
  decode: async (image, policy, changes) =>
    leaving(await pixels.decode(image, policy, changes), (v) => [v.raster.data.buffer]),
  prepare: async (image, settings) =>
    leaving(await pixels.prepare(image, settings), (v) => Object.values(v.tensors).map((t) => t.data.buffer)),
  size: async (image, settings, policy, changes) =>
    leaving(await pixels.size(image, settings, policy, changes), (v) => [v.png.buffer]),
};

holdLife();
expose(api);
