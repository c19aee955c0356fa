import { decode } from 'fast-png';
import { fail, fault, ok, toFault, type Result } from '../../src/core/fault.ts';
import { isTransparent, toRgb } from '../../src/core/images/colour.ts';
import { readHeader } from '../../src/core/images/formats/read.ts';
import { corrupt, type DecodeTools, type ImageHeader } from '../../src/core/images/formats/types.ts';
import { applyOrientation } from '../../src/core/images/orientation.ts';
import type { PixelPolicy, Raster } from '../../src/core/images/types.ts';
import { decodeByBrowser } from './canvas.ts';
import { inflate } from './inflate.ts';

const TOOLS: DecodeTools = {
  browser: (bytes, { mime, label }) => decodeByBrowser(bytes, mime, label),
  unpackPng: (bytes) => decode(bytes, { checkCrc: false }).data,
  inflate,
};

/** A decoded image as RGB, with what must be said of it. */
export interface Decoded {
  readonly raster: Raster;
  readonly notes: readonly string[];
}

/** Decodes an image file to 8-bit RGB under a policy. Its header is read, and its size judged, before anything is allocated. */
export async function decodeImage(image: Blob, policy: PixelPolicy): Promise<Result<Decoded>> {
  try {
    const bytes = await bytesOf(image);
    if (bytes === null)
      return fail(fault('storage', 'The image file can no longer be read from where it is kept. Bring it again.'));
    const header = readHeader(bytes);
    if (!header.ok) return header;
    const { format } = header.value;
    const stored = await format.decode(bytes, policy.alpha, TOOLS);
    if (!stored.ok) return stored;
    const { raster, notes } = stored.value;
    if (raster.width !== header.value.width || raster.height !== header.value.height)
      return corrupt(format.label, 'its picture is of another size than its header says');
    const orientation = stored.value.orientation ?? header.value.orientation;
    return ok(finish(raster, notes, { ...header.value, orientation }, policy));
  } catch (e) {
    if (e instanceof RangeError)
      return fail(fault('out-of-memory', `The image could not be held in memory: ${toFault(e).message}`));
    return fail(toFault(e));
  }
}

/** A blob whose file has gone or whose storage is damaged cannot be read: null. */
async function bytesOf(image: Blob): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await image.arrayBuffer());
  } catch (e) {
    if (e instanceof DOMException && (e.name === 'NotReadableError' || e.name === 'NotFoundError')) return null;
    throw e;
  }
}

/** Alpha, then orientation, each under its policy; what was done, and what was not, is noted. */
function finish(raster: Raster, notes: readonly string[], header: ImageHeader, policy: PixelPolicy): Decoded {
  const out = [...notes];
  if (isTransparent(raster)) out.push('transparent-image');
  if (header.animated) out.push('first-frame-only');
  if (header.cmyk) out.push('cmyk-image');
  const rgb = toRgb(raster, policy.alpha);
  if (header.orientation === 1) return { raster: rgb, notes: out };
  out.push(policy.exif === 'apply' ? 'orientation-applied' : 'orientation-ignored');
  return { raster: policy.exif === 'apply' ? applyOrientation(rgb, header.orientation) : rgb, notes: out };
}
