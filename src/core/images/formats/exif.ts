import { isOrientation, type Orientation } from '../orientation.ts';
import { viewOf } from './types.ts';

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;
const LONG = 4;
/** "Exif" and two zeros. */
const PREFIX = [0x45, 0x78, 0x69, 0x66, 0, 0] as const;

/**
 * The orientation in a block of EXIF (a TIFF header and its first directory), with or without "Exif" in front; null where it says none. One that there is
 * not is 1, and XMP is not asked then (PIL/Image.py, getexif).
 */
export function exifOrientation(written: Uint8Array): Orientation | null {
  let block = written;
  while (PREFIX.every((c, i) => block[i] === c)) block = block.subarray(PREFIX.length);
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
    const type = view.getUint16(at + 2, little);
    // A value of another kind is no number in Pillow.
    const value =
      type === SHORT ? view.getUint16(at + 8, little) : type === LONG ? view.getUint32(at + 8, little) : NaN;
    return isOrientation(value) && view.getUint32(at + 4, little) === 1 ? value : 1;
  }
  return null;
}

/** The orientation in an XMP packet, which Pillow reads where EXIF says none (PIL/Image.py, getexif). */
export function xmpOrientation(packet: Uint8Array): Orientation | null {
  const text = new TextDecoder('latin1').decode(packet);
  const value = Number(/tiff:Orientation(?:="|>)([0-9])/.exec(text)?.[1] ?? NaN);
  return isOrientation(value) ? value : null;
}
