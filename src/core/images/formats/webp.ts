import { ok, type Result } from '../../fault.ts';
import type { Orientation } from '../orientation.ts';
import { exifOrientation, xmpOrientation } from './exif.ts';
import { ascii, blanked, corrupt, plain, truncated, viewOf, type ImageFormat, type ImageHeader } from './types.ts';

export interface WebpHeader extends ImageHeader {
  readonly exifAt: readonly number[];
}

interface Chunk {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

/** Reads a WebP container (RFC 9649). */
function readWebp(bytes: Uint8Array): Result<WebpHeader> {
  const view = viewOf(bytes);
  if (bytes.length < 30) return truncated('WebP');
  const end = 8 + view.getUint32(4, true);
  const chunks = chunksOf(bytes, Math.min(end, bytes.length));
  const first = chunks[0];
  const size = first ? sizeOf(bytes, first) : null;
  if (!size) return corrupt('WebP', 'its header cannot be read');
  const { width, height } = size;
  if (width === 0 || height === 0)
    return corrupt('WebP', `its header gives a width of ${width} and a height of ${height}`);
  if (end > bytes.length) return truncated('WebP');
  return ok({
    width,
    height,
    orientation: orientation(bytes, chunks),
    cmyk: false,
    animated: chunks.some((c) => c.id === 'ANIM'),
    exifAt: chunks.filter((c) => c.id === 'EXIF').map((c) => c.start - 8),
  });
}

function chunksOf(bytes: Uint8Array, end: number): readonly Chunk[] {
  const view = viewOf(bytes);
  const out: Chunk[] = [];
  for (let at = 12; at + 8 <= end;) {
    const length = view.getUint32(at + 4, true);
    out.push({ id: ascii(bytes, at, 4), start: at + 8, end: at + 8 + length });
    at += 8 + length + (length % 2);
  }
  return out;
}

function sizeOf(bytes: Uint8Array, { id, start }: Chunk): { width: number; height: number } | null {
  const view = viewOf(bytes);
  if (id === 'VP8X') {
    const three = (at: number): number => view.getUint16(at, true) + ((bytes[at + 2] ?? 0) << 16) + 1;
    return { width: three(start + 4), height: three(start + 7) };
  }
  if (id === 'VP8L') {
    if (bytes[start] !== 0x2f) return null;
    const bits = view.getUint32(start + 1, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (id === 'VP8 ') {
    if (bytes[start + 3] !== 0x9d || bytes[start + 4] !== 0x01 || bytes[start + 5] !== 0x2a) return null;
    return { width: view.getUint16(start + 6, true) & 0x3fff, height: view.getUint16(start + 8, true) & 0x3fff };
  }
  return null;
}

/** WebP files in the wild carry EXIF with or without the JPEG prefix. */
function orientation(bytes: Uint8Array, chunks: readonly Chunk[]): Orientation {
  const data = (id: string): Uint8Array | null => {
    const c = chunks.find((x) => x.id === id);
    return c ? bytes.subarray(c.start, c.end) : null;
  };
  const exif = data('EXIF');
  const xmp = data('XMP ');
  const bare = exif && ascii(exif, 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif;
  return (bare ? exifOrientation(bare) : null) ?? (xmp ? xmpOrientation(xmp) : null) ?? 1;
}

/** Decoded by the browser, which was measured equal to Pillow. */
export const WEBP: ImageFormat = {
  label: 'WebP',
  mime: 'image/webp',
  endings: ['webp'],
  begins: (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP',
  readHeader: readWebp,
  async decode(bytes, _alpha, tools) {
    const header = readWebp(bytes);
    if (!header.ok) return header;
    return plain(await tools.browser(blanked(bytes, header.value.exifAt), WEBP));
  },
};
