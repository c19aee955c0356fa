import type { Orientation } from '../orientation.ts';
import { exifOrientation, xmpOrientation } from './exif.ts';
import type { PngChunk } from './png.ts';
import { ascii } from './types.ts';

const XMP = 'XML:com.adobe.xmp';
/** ImageMagick's form of EXIF: a name, a length and hexadecimal digits, each on lines of their own. */
const RAW_PROFILE = 'Raw profile type exif';

const TEXTS = ['tEXt', 'zTXt', 'iTXt'];

/** Inflates a zlib stream; null where it is none. */
export type Inflate = (bytes: Uint8Array) => Uint8Array | null;

/**
 * How a PNG lies, as Pillow reads it (PngImagePlugin, Image.getexif): eXIf, else a raw profile, else XMP; texts may be compressed (zTXt, iTXt), and stand
 * before or behind the picture. Of chunks of one kind the last counts.
 */
export function pngOrientation(bytes: Uint8Array, chunks: readonly PngChunk[], inflate: Inflate): Orientation {
  const data = (c: PngChunk): Uint8Array => bytes.subarray(c.start, c.start + c.length);
  const exif = chunks.findLast((c) => c.type === 'eXIf');
  const text = (key: string): Uint8Array | null => {
    const found = chunks.flatMap((c) => {
      const value = TEXTS.includes(c.type) ? textOf(c.type, data(c), key, inflate) : null;
      return value ? [value] : [];
    });
    return found.at(-1) ?? null;
  };
  const profile = exif ? null : text(RAW_PROFILE);
  const block = exif ? data(exif) : profile && rawProfile(profile);
  const own = block ? exifOrientation(block) : null;
  if (own !== null) return own;
  const xmp = text(XMP);
  return (xmp ? xmpOrientation(xmp) : null) ?? 1;
}

/** The value of a text chunk of that key; null for others and for broken ones. */
function textOf(type: string, data: Uint8Array, key: string, inflate: Inflate): Uint8Array | null {
  if (ascii(data, 0, key.length + 1) !== `${key}\0`) return null;
  const rest = data.subarray(key.length + 1);
  if (type === 'tEXt') return rest;
  if (type === 'zTXt') return rest[0] === 0 ? inflate(rest.subarray(1)) : null;
  // iTXt: compressed or not, method, language and translated key, each ended by a zero.
  const language = rest.indexOf(0, 2);
  const translated = language < 0 ? -1 : rest.indexOf(0, language + 1);
  if (translated < 0) return null;
  const value = rest.subarray(translated + 1);
  if (rest[0] === 0) return value;
  return rest[1] === 0 ? inflate(value) : null;
}

function rawProfile(text: Uint8Array): Uint8Array | null {
  const hex = new TextDecoder('latin1').decode(text).split('\n').slice(3).join('').replace(/\s/g, '');
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) return null;
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
