import { isOrientation, type Orientation } from '../orientation.ts';
import { viewOf } from './types.ts';

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/** The orientation in a block of EXIF (a TIFF header and its first directory); null where it says none. */
export function exifOrientation(block: Uint8Array): Orientation | null {
  if (block.length < 8) return null;
  const view = viewOf(block);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const little = order === 0x4949;
  if (view.getUint16(2, little) !== 42) return null;
  const start = view.getUint32(4, little);
  if (start + 2 > block.length) return null;
  const entries = view.getUint16(start, little);
  for (let i = 0; i < entries; i++) {
    const at = start + 2 + i * 12;
    if (at + 12 > block.length) return null;
    if (view.getUint16(at, little) !== ORIENTATION_TAG) continue;
    const value =
      view.getUint16(at + 2, little) === SHORT ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little);
    return isOrientation(value) ? value : null;
  }
  return null;
}

/** The orientation in an XMP packet, which Pillow reads where EXIF says none (PIL/Image.py, getexif). */
export function xmpOrientation(packet: Uint8Array): Orientation | null {
  const text = new TextDecoder('latin1').decode(packet);
  const value = Number(/tiff:Orientation(?:="|>)([0-9])/.exec(text)?.[1] ?? NaN);
  return isOrientation(value) ? value : null;
}
