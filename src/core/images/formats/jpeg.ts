import { ok, type Result } from '../../fault.ts';
import type { Orientation } from '../orientation.ts';
import { exifOrientation, xmpOrientation } from './exif.ts';
import {
  ascii,
  blanked,
  corrupt,
  plain,
  refuse,
  startsWith,
  truncated,
  viewOf,
  type ImageFormat,
  type ImageHeader,
} from './types.ts';

const EXIF = 'Exif\0\0';
const XMP = 'http://ns.adobe.com/xap/1.0/\0';

export interface JpegHeader extends ImageHeader {
  /** Where EXIF blocks begin: browsers turn the picture by them even when asked not to, so they are blanked before decoding. */
  readonly exifAt: readonly number[];
}

interface Segment {
  readonly marker: number;
  /** Of its contents, behind marker and length. */
  readonly start: number;
  readonly end: number;
}

/** Reads the segments up to the frame header and the metadata, then looks for the end mark. */
function readJpeg(bytes: Uint8Array): Result<JpegHeader> {
  const walked = segmentsOf(bytes);
  if (!walked.ok) return walked;
  const { segments, scan } = walked.value;
  const frame = segments.find((s) => isFrame(s.marker));
  if (!frame) return scan === null ? truncated('JPEG') : corrupt('JPEG', 'it has no frame header');
  const header = frameOf(bytes, frame);
  if (!header.ok) return header;
  const exifAt = segments.filter((s) => s.marker === 0xe1 && ascii(bytes, s.start, 6) === EXIF).map((s) => s.start);
  return ok({
    ...header.value,
    orientation: orientation(bytes, segments),
    animated: false,
    exifAt,
  });
}

/** Whether the picture's data end with the end mark; bytes behind it are ignored. */
export function jpegIsWhole(bytes: Uint8Array): boolean {
  const walked = segmentsOf(bytes);
  if (!walked.ok || walked.value.scan === null) return false;
  for (let at = bytes.indexOf(0xff, walked.value.scan); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === 0xd9) return true;
  }
  return false;
}

const isFrame = (m: number): boolean => m >= 0xc0 && m <= 0xcf && m !== 0xc4 && m !== 0xc8 && m !== 0xcc;
const isBare = (m: number): boolean => m === 0x01 || (m >= 0xd0 && m <= 0xd8);

/** Segments up to the first scan; `scan` is where its data begin, or null where the file ends before. */
function segmentsOf(bytes: Uint8Array): Result<{ segments: readonly Segment[]; scan: number | null }> {
  const segments: Segment[] = [];
  const view = viewOf(bytes);
  let at = 2;
  for (;;) {
    while (at < bytes.length && bytes[at] !== 0xff) at++; // stray bytes between segments are skipped, as in libjpeg
    while (at < bytes.length && bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === undefined) return ok({ segments, scan: null });
    if (marker === 0xd9) return corrupt('JPEG', 'it ends before its picture begins');
    if (isBare(marker) || marker === 0) continue;
    if (at + 2 > bytes.length) return ok({ segments, scan: null });
    const length = view.getUint16(at);
    if (length < 2) return corrupt('JPEG', 'a part of it has an impossible length');
    const end = at + length;
    if (end <= bytes.length) segments.push({ marker, start: at + 2, end });
    if (marker === 0xda || end > bytes.length) return ok({ segments, scan: end > bytes.length ? null : end });
    at = end;
  }
}

function frameOf(
  bytes: Uint8Array,
  { marker, start, end }: Segment,
): Result<{ width: number; height: number; cmyk: boolean }> {
  if (end - start < 6) return corrupt('JPEG', 'its frame header is too short');
  const view = viewOf(bytes);
  const bits = bytes[start] ?? 0;
  const height = view.getUint16(start + 1);
  const width = view.getUint16(start + 3);
  const components = bytes[start + 5] ?? 0;
  if (marker !== 0xc0 && marker !== 0xc1 && marker !== 0xc2)
    return refuse(
      'unsupported',
      'This kind of JPEG (lossless or arithmetic) is not supported by browsers. Convert it to PNG.',
    );
  if (bits !== 8)
    return refuse('unsupported', `JPEG with ${bits} bits a sample is not supported by browsers. Convert it to PNG.`);
  if (width === 0 || height === 0)
    return corrupt('JPEG', `its header gives a width of ${width} and a height of ${height}`);
  if (![1, 3, 4].includes(components)) return corrupt('JPEG', `its header gives ${components} colour components`);
  return ok({ width, height, cmyk: components === 4 });
}

/** EXIF, which may go on in further segments, else XMP, of which the last counts (PIL/JpegImagePlugin.py). */
function orientation(bytes: Uint8Array, segments: readonly Segment[]): Orientation {
  const all = (id: string): readonly Uint8Array[] =>
    segments
      .filter((x) => x.marker === 0xe1 && ascii(bytes, x.start, id.length) === id)
      .map((s) => bytes.subarray(s.start + id.length, s.end));
  const exif = all(EXIF);
  const xmp = all(XMP).at(-1);
  const block = Uint8Array.from(exif.flatMap((part) => [...part]));
  return (exif.length > 0 ? exifOrientation(block) : null) ?? (xmp ? xmpOrientation(xmp) : null) ?? 1;
}

/** Decoded by the browser, which was measured equal to Pillow. */
export const JPEG: ImageFormat = {
  label: 'JPEG',
  mime: 'image/jpeg',
  endings: ['jpg', 'jpeg'],
  begins: (bytes) => startsWith(bytes, [0xff, 0xd8, 0xff]),
  readHeader: readJpeg,
  async decode(bytes, _alpha, tools) {
    const header = readJpeg(bytes);
    if (!header.ok) return header;
    if (!jpegIsWhole(bytes)) return truncated('JPEG');
    return plain(await tools.browser(blanked(bytes, header.value.exifAt), JPEG));
  },
};
