import { ok, type Result } from '../../fault.ts';
import { readBmp } from './bmp.ts';
import { readGif } from './gif.ts';
import { readJpeg } from './jpeg.ts';
import { readPng, PNG_SIGNATURE } from './png.ts';
import { ascii, refuse, type ImageHeader } from './types.ts';
import { readWebp } from './webp.ts';

/** The size above which Pillow speaks of a decompression bomb (2 * Image.MAX_IMAGE_PIXELS). */
export const MAX_PIXELS = 178_956_970;

/** Formats that are images, but none that we decode: how they begin, what they are called, what to do. */
const REFUSED: readonly { readonly at: number; readonly starts: readonly string[]; readonly name: string }[] = [
  { at: 0, starts: ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'], name: 'TIFF' },
  { at: 4, starts: ['ftypheic', 'ftypheix', 'ftyphevc', 'ftypheim', 'ftypheis', 'ftypmif1', 'ftypmsf1'], name: 'HEIC' },
  { at: 4, starts: ['ftypavif', 'ftypavis'], name: 'AVIF' },
  { at: 128, starts: ['DICM'], name: 'DICOM' },
  { at: 4, starts: ['jP  ', 'JXL '], name: 'JPEG 2000 or JPEG XL' },
  { at: 0, starts: ['\xff\x0a'], name: 'JPEG XL' },
  { at: 0, starts: ['8BPS'], name: 'Photoshop' },
  { at: 0, starts: ['\0\0\x01\0', '\0\0\x02\0'], name: 'icon' },
];

/** Files that people rename, and what they are. */
const OTHERS: readonly { readonly starts: string; readonly name: string }[] = [
  { starts: '%PDF', name: 'a PDF document' },
  { starts: 'PK\x03\x04', name: 'a ZIP archive or an Office document' },
  { starts: '\x1f\x8b', name: 'a gzip archive' },
  { starts: 'version https://git-lfs', name: 'a Git LFS pointer: the image itself was never fetched' },
  { starts: '<!DOCTYPE html', name: 'a web page' },
  { starts: '<html', name: 'a web page' },
];

/** Reads an image file's header: its size and kind, or a clear reason why it cannot be used. */
export function readHeader(bytes: Uint8Array): Result<ImageHeader> {
  if (bytes.length === 0) return refuse('empty', 'The image file is empty (0 bytes).');
  const read = readerOf(bytes);
  if (!read) return unknown(bytes);
  const header = read(bytes);
  if (!header.ok) return header;
  const { width, height } = header.value;
  if (width * height > MAX_PIXELS)
    return refuse(
      'too-large',
      `The image is too large: its header says ${width} x ${height} pixels; at most ${MAX_PIXELS} pixels are decoded.`,
      { width, height },
    );
  return ok(header.value);
}

function readerOf(bytes: Uint8Array): ((bytes: Uint8Array) => Result<ImageHeader>) | null {
  const starts = (...codes: number[]): boolean => codes.every((c, i) => bytes[i] === c);
  if (starts(...PNG_SIGNATURE)) return readPng;
  if (starts(0xff, 0xd8, 0xff)) return readJpeg;
  if (ascii(bytes, 0, 4) === 'GIF8') return readGif;
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return readWebp;
  if (starts(0x42, 0x4d)) return readBmp;
  return null;
}

function unknown(bytes: Uint8Array): Result<never> {
  const refused = REFUSED.find(({ at, starts }) => starts.some((s) => ascii(bytes, at, s.length) === s));
  if (refused)
    return refuse('unsupported', `${refused.name} images are not supported. Convert the image to PNG.`, {
      format: refused.name,
    });
  const start = new TextDecoder('latin1')
    .decode(bytes.subarray(0, 1024))
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (/^<svg[\s>]/i.test(start) || (/^<(\?xml|!--|!DOCTYPE svg)/i.test(start) && /<svg[\s>]/i.test(start)))
    return refuse('unsupported', 'SVG images are not supported: they can hold scripts. Convert the image to PNG.', {
      format: 'SVG',
    });
  const other = OTHERS.find((o) => start.toLowerCase().startsWith(o.starts.toLowerCase()));
  return refuse(
    'not-an-image',
    other
      ? `The file is not an image: it is ${other.name}.`
      : 'The file is not an image that Lookalike knows (PNG, JPEG, WebP, GIF, BMP).',
  );
}
