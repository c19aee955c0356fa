import { fail, ok, toFault, type Result } from '../../src/core/fault.ts';
import { prepareImage } from '../../src/core/pixels/prepare.ts';
import { createTapCache } from '../../src/core/pixels/taps.ts';
import { DEFAULT_PIXEL_POLICY, type ProcessedImage } from '../../src/core/pixels/types.ts';
import type { PixelsApi } from '../../src/protocol/pixels.ts';
import { decodeImage } from './decode.ts';

/** The worker's answers, as plain functions: everything that it keeps is its table of resize coefficients. */
export function createPixels(): PixelsApi {
  const cache = createTapCache();
  return {
    async check(image) {
      const decoded = await decodeImage(image, DEFAULT_PIXEL_POLICY);
      if (!decoded.ok) return decoded;
      const { raster, notes } = decoded.value;
      return ok({ width: raster.width, height: raster.height, notes });
    },
    decode: decodeImage,
    async prepare(image, settings): Promise<Result<ProcessedImage>> {
      const decoded = await decodeImage(image, settings.policy);
      if (!decoded.ok) return decoded;
      try {
        const prepared = prepareImage(decoded.value.raster, settings, cache);
        if (!prepared.ok) return prepared;
        return ok({ ...prepared.value, notes: [...decoded.value.notes, ...prepared.value.notes] });
      } catch (e) {
        return fail(toFault(e, 'bad-model'));
      }
    },
  };
}
