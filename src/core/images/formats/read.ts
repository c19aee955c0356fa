import { ok, type Result } from '../../fault.ts';
import { IMAGE_FORMATS, imageFormatOf } from './registry.ts';
import { ascii, refuse, type ImageFormat, type ImageHeader } from './types.ts';

/** The size above which Pillow speaks of a decompression bomb (2 * Image.MAX_IMAGE_PIXELS). */
const MAX_PIXELS = 178_956_970;

/** Formats that are images, but none that we decode: how they begin, what they are called, what to do. */
const REFUSED: readonly { readonly at: number; readonly starts: readonly string[]; readonly name: string }[] = [
  { at: 0, starts: ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'], name: 'TIFF' },
  { at: 4, starts: ['ftypheic', 'ftypheix', 'ftyphevc', 'ftypheim', 'ftypheis', 'ftypmif1', 'ftypmsf1'], name: 'HEIC' },
  { at: 4, starts: ['ftypavif', 'ftypavis'], name: 'AVIF' },
  { at: 128, starts: ['DICM'], name: 'DICOM' },
  { at: 4, starts: ['jP  ', 'JXL '], name: 'JPEG 2000 or JPEG XL' },
  { at: 0, starts: ['\xff\x0a'], name: 'JPEG XL' },
  { at: 0, starts: ['8BPS'], name: 'Photoshop' },
  // A cursor begins like a TGA picture without a colour map, and holds one picture at least.
  { at: 0, starts: ['\0\0\x02\0\0\0', '\0\0\x03\0\0\0', '\0\0\x0a\0\0\0', '\0\0\x0b\0\0\0'], name: 'TGA' },
  { at: 0, starts: ['\0\0\x01\0', '\0\0\x02\0', 'icns'], name: 'icon' },
  { at: 0, starts: ['\xff\x4f\xff\x51'], name: 'JPEG 2000' },
  { at: 0, starts: ['DDS '], name: 'DDS' },
  { at: 0, starts: ['SIMPLE  ='], name: 'FITS' },
  { at: 0, starts: ['\x01\xda\0', '\x01\xda\x01'], name: 'SGI' },
  { at: 0, starts: ['\x0a\x02\x01', '\x0a\x03\x01', '\x0a\x05\x01'], name: 'PCX' },
  { at: 0, starts: ['\x59\xa6\x6a\x95'], name: 'Sun raster' },
  { at: 0, starts: ['%!PS', '\xc5\xd0\xd3\xc6'], name: 'PostScript' },
  { at: 0, starts: ['/* XPM */'], name: 'XPM' },
  { at: 0, starts: ['NRRD0'], name: 'NRRD' },
  { at: 344, starts: ['n+1\0', 'ni1\0'], name: 'NIfTI' },
];

/** Netpbm's formats begin with a digit and white space: what they are called by that digit. */
const NETPBM: Readonly<Record<string, string>> = {
  ...{ 1: 'PBM', 2: 'PGM', 3: 'PPM', 4: 'PBM', 5: 'PGM', 6: 'PPM', 7: 'PAM' },
  ...{ f: 'PFM', F: 'PFM' },
};

/** Files that people rename, and what they are. */
const OTHERS: readonly { readonly starts: string; readonly name: string }[] = [
  { starts: '%PDF', name: 'a PDF document' },
  { starts: 'PK\x03\x04', name: 'a ZIP archive or an Office document' },
  { starts: '\x1f\x8b', name: 'a gzip archive' },
  { starts: 'version https://git-lfs', name: 'a Git LFS pointer: the image itself was never fetched' },
  { starts: '<!DOCTYPE html', name: 'a web page' },
  { starts: '<html', name: 'a web page' },
  { starts: '\x93NUMPY', name: 'a NumPy array' },
  { starts: '\x89HDF', name: 'an HDF5 file' },
];

/** Reads an image file's header: its format, size and orientation, or a clear reason why it cannot be used. */
export function readHeader(bytes: Uint8Array): Result<ImageHeader & { readonly format: ImageFormat }> {
  if (bytes.length === 0) return refuse('empty', 'The image file is empty (0 bytes).');
  const format = imageFormatOf(bytes);
  if (!format) return unknown(bytes);
  const header = format.readHeader(bytes);
  if (!header.ok) return header;
  const { width, height } = header.value;
  if (width * height > MAX_PIXELS)
    return refuse(
      'too-large',
      `The image is too large: its header says ${width} x ${height} pixels; at most ${MAX_PIXELS} pixels are decoded.`,
      { width, height },
    );
  return ok({ ...header.value, format });
}

function unknown(bytes: Uint8Array): Result<never> {
  const refused = REFUSED.find(({ at, starts }) => starts.some((s) => ascii(bytes, at, s.length) === s));
  const name = refused?.name ?? netpbm(bytes);
  if (name !== undefined)
    return refuse('unsupported', `${name} images are not supported. Convert the image to PNG.`, { format: name });
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
      : `The file is not an image that Lookalike knows (${IMAGE_FORMATS.map(({ label }) => label).join(', ')}).`,
  );
}

function netpbm(bytes: Uint8Array): string | undefined {
  const [, digit] = /^P([1-7fF])\s/.exec(ascii(bytes, 0, 3)) ?? [];
  return digit === undefined ? undefined : NETPBM[digit];
}
