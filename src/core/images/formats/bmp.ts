import { ok, type Result } from '../../fault.ts';
import { decodeBmp16 } from './bmp16.ts';
import {
  corrupt,
  plain,
  startsWith,
  truncated,
  viewOf,
  type DecodeTools,
  type ImageFormat,
  type ImageHeader,
  type Stored,
} from './types.ts';

/** Reads a bitmap's header: the old form of 12 bytes, or the later ones. */
function readBmp(bytes: Uint8Array): Result<ImageHeader> {
  if (bytes.length < 26) return truncated('BMP');
  const view = viewOf(bytes);
  const old = view.getUint32(14, true) === 12;
  const width = old ? view.getUint16(18, true) : view.getInt32(18, true);
  const height = Math.abs(old ? view.getUint16(20, true) : view.getInt32(22, true));
  if (width <= 0 || height === 0)
    return corrupt('BMP', `its header gives a width of ${width} and a height of ${height}`);
  if (bytes.length < leastLength(bytes, width, height, old)) return truncated('BMP');
  return ok({ width, height, orientation: 1, cmyk: false, animated: false });
}

const UNCOMPRESSED = [0, 3, 6]; // plain, and plain behind colour masks

/** Bytes that an uncompressed picture needs; 0 where its length cannot be known. */
function leastLength(bytes: Uint8Array, width: number, height: number, old: boolean): number {
  const view = viewOf(bytes);
  if (!old && (bytes.length < 34 || !UNCOMPRESSED.includes(view.getUint32(30, true)))) return 0;
  const bits = view.getUint16(old ? 24 : 28, true);
  return view.getUint32(10, true) + Math.ceil((width * bits) / 32) * 4 * height;
}

/** 16 bits a pixel here, everything else by the browser, which was measured equal to Pillow. */
async function decode(bytes: Uint8Array, tools: DecodeTools): Promise<Result<Stored>> {
  const header = readBmp(bytes);
  if (!header.ok) return header;
  const raster = decodeBmp16(bytes, header.value.width, header.value.height);
  return plain(raster ? ok(raster) : await tools.browser(bytes, BMP));
}

export const BMP: ImageFormat = {
  label: 'BMP',
  mime: 'image/bmp',
  endings: ['bmp'],
  begins: (bytes) => startsWith(bytes, [0x42, 0x4d]),
  readHeader: readBmp,
  decode: (bytes, _alpha, tools) => decode(bytes, tools),
};
