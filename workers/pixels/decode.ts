import { fail, fault, ok, toFault, type Result } from '../../src/core/fault.ts';
import { isTransparent, toRgb } from '../../src/core/pixels/colour.ts';
import { decodeGif } from '../../src/core/pixels/gif.ts';
import { readGif } from '../../src/core/pixels/headers/gif.ts';
import { jpegIsWhole, readJpeg } from '../../src/core/pixels/headers/jpeg.ts';
import { readPng } from '../../src/core/pixels/headers/png.ts';
import { readHeader } from '../../src/core/pixels/headers/read.ts';
import { corrupt, truncated, type ImageHeader } from '../../src/core/pixels/headers/types.ts';
import { readWebp } from '../../src/core/pixels/headers/webp.ts';
import { applyOrientation } from '../../src/core/pixels/orientation.ts';
import type { PixelPolicy, Raster } from '../../src/core/pixels/types.ts';
import { decodeByBrowser } from './canvas.ts';
import { decodePng } from './png.ts';

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
    const stored = await decodeStored(bytes, header.value, policy);
    if (!stored.ok) return stored;
    const { raster, notes } = stored.value;
    if (raster.width !== header.value.width || raster.height !== header.value.height)
      return corrupt(header.value.format.toUpperCase(), 'its picture is of another size than its header says');
    return ok(finish(raster, notes, header.value, policy));
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

async function decodeStored(bytes: Uint8Array, header: ImageHeader, policy: PixelPolicy): Promise<Result<Decoded>> {
  switch (header.format) {
    case 'png': {
      const png = readPng(bytes);
      return png.ok ? decodePng(bytes, png.value, policy.alpha) : png;
    }
    case 'jpeg': {
      const jpeg = readJpeg(bytes);
      if (!jpeg.ok) return jpeg;
      if (!jpegIsWhole(bytes)) return truncated('JPEG');
      return plain(await decodeByBrowser(blanked(bytes, jpeg.value.exifAt), 'image/jpeg', 'JPEG'));
    }
    case 'webp': {
      const webp = readWebp(bytes);
      if (!webp.ok) return webp;
      return plain(await decodeByBrowser(blanked(bytes, webp.value.exifAt), 'image/webp', 'WebP'));
    }
    case 'gif': {
      const gif = readGif(bytes);
      return gif.ok ? decodeGif(bytes, gif.value) : gif;
    }
    case 'bmp':
      return plain(await decodeByBrowser(bytes, 'image/bmp', 'BMP'));
  }
}

const plain = (r: Result<Raster>): Result<Decoded> => (r.ok ? ok({ raster: r.value, notes: [] }) : r);

/** A copy in which the names of metadata blocks are overwritten, so that a browser passes them by. */
function blanked(bytes: Uint8Array, starts: readonly number[]): Uint8Array {
  if (starts.length === 0) return bytes;
  const copy = bytes.slice();
  for (const at of starts) copy.fill(0x58, at, at + 4);
  return copy;
}
