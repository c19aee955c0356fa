import { encode } from 'fast-png';
import { fail, ok, toFault, type Result } from '../../src/core/fault.ts';
import { toRgb } from '../../src/core/images/colour.ts';
import { applyChanges } from '../../src/core/images/changes/change.ts';
import { prepareImage, sizeImage } from '../../src/core/images/prepare.ts';
import { createTapCache } from '../../src/core/images/taps.ts';
import { DEFAULT_PIXEL_POLICY, type ProcessedImage } from '../../src/core/images/types.ts';
import type { PixelsApi, SizedImage } from '../../src/protocol/pixels.ts';
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
    async decode(image, policy, changes = []) {
      const decoded = await decodeImage(image, policy);
      if (!decoded.ok) return decoded;
      return ok({ ...decoded.value, raster: applyChanges(decoded.value.raster, changes) });
    },
    async prepare(image, settings): Promise<Result<ProcessedImage>> {
      const decoded = await decodeImage(image, settings.policy);
      if (!decoded.ok) return decoded;
      try {
        const prepared = prepareImage(applyChanges(decoded.value.raster, settings.changes ?? []), settings, cache);
        if (!prepared.ok) return prepared;
        return ok({ ...prepared.value, notes: [...decoded.value.notes, ...prepared.value.notes] });
      } catch (e) {
        return fail(toFault(e, 'bad-model'));
      }
    },
    async size(image, settings, policy, changes = []): Promise<Result<SizedImage>> {
      const decoded = await decodeImage(image, policy);
      if (!decoded.ok) return decoded;
      const { notes } = decoded.value;
      const raster = applyChanges(decoded.value.raster, changes);
      const made = settings === null ? ok(null) : sizeImage(raster, { ...settings, policy }, cache);
      if (!made.ok) return made;
      const { width, height, data } = made.value ?? toRgb(raster, policy.alpha);
      const png = new Uint8Array(encode({ width, height, data, depth: 8, channels: 3 }));
      return ok({ png, width, height, sized: made.value !== null, notes });
    },
  };
}
