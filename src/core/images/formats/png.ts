import { ok, type Result } from '../../fault.ts';
import { pngOrientation } from './png-text.ts';
import { ascii, corrupt, truncated, viewOf, type ImageHeader } from './types.ts';

export const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;

/** One chunk: where its data lies. */
export interface PngChunk {
  readonly type: string;
  readonly start: number;
  readonly length: number;
}

/** A PNG's header and the chunks that carry its picture. */
export interface PngHeader extends ImageHeader {
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  readonly colourType: number;
  /** Adam7. */
  readonly interlaced: boolean;
  readonly chunks: readonly PngChunk[];
  /** Whether the file goes on to its end mark. */
  readonly ended: boolean;
}

const IHDR_LENGTH = 13;

/** Bit depths that each colour type may have (PNG specification, 11.2.2). */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Walks the chunks up to IEND; bytes behind it are ignored, as in Pillow. */
export function readPng(bytes: Uint8Array): Result<PngHeader> {
  if (bytes.length >= 16 && (ascii(bytes, 12, 4) !== 'IHDR' || viewOf(bytes).getUint32(8) !== IHDR_LENGTH))
    return corrupt('PNG', 'it does not begin with its header');
  const walked = chunksOf(bytes);
  if (!walked.ok) return walked;
  const { chunks, ended } = walked.value;
  const head = chunks[0];
  if (!head) return truncated('PNG');
  const view = viewOf(bytes);
  const width = view.getUint32(head.start);
  const height = view.getUint32(head.start + 4);
  const depth = bytes[head.start + 8] ?? 0;
  const colourType = bytes[head.start + 9] ?? 0;
  if (width === 0 || height === 0)
    return corrupt('PNG', `its header gives a width of ${width} and a height of ${height}`);
  if (!DEPTHS[colourType]?.includes(depth))
    return corrupt('PNG', `its header gives ${depth} bits of colour type ${colourType}`);
  return ok({
    width,
    height,
    // Compressed texts are read when the picture is unpacked.
    orientation: pngOrientation(bytes, chunks, () => null),
    cmyk: false,
    animated: chunks.some((c) => c.type === 'acTL'),
    depth,
    colourType,
    interlaced: bytes[head.start + 12] === 1,
    chunks,
    ended,
  });
}

/**
 * Chunks up to the end mark. Pillow forgives whatever is wrong behind the picture's data, and a last data chunk that is cut may still hold
 * the whole picture: `ended` then says that the file's end is missing, should the picture turn out not to be whole.
 */
function chunksOf(bytes: Uint8Array): Result<{ chunks: readonly PngChunk[]; ended: boolean }> {
  const view = viewOf(bytes);
  const chunks: PngChunk[] = [];
  let data = false;
  for (let at = PNG_SIGNATURE.length; at + 8 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = ascii(bytes, at + 4, 4);
    const start = at + 8;
    if (type === 'IEND') return data ? ok({ chunks, ended: true }) : corrupt('PNG', 'it holds no picture');
    if (!/^[A-Za-z]{4}$/.test(type))
      return data ? ok({ chunks, ended: true }) : corrupt('PNG', 'it holds something that is no part of a PNG');
    const whole = start + length + 4 <= bytes.length;
    data ||= type === 'IDAT';
    if (whole || type === 'IDAT') chunks.push({ type, start, length: Math.min(length, bytes.length - start) });
    else if (type === 'IHDR' && start + IHDR_LENGTH <= bytes.length) chunks.push({ type, start, length });
    at = start + length + 4;
  }
  return data || chunks.length > 0 ? ok({ chunks, ended: false }) : truncated('PNG');
}

/** CRC-32 of a chunk's type and data (PNG specification, annex D). */
export function crc32(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffffffff;
  for (let i = from; i < to; i++) crc = (CRC_TABLE[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/**
 * The first chunk in front of the picture's data that its checksum contradicts, or null. The data have a checksum of their own (zlib's);
 * Pillow looks at no other for them, nor at what follows.
 */
export function damagedChunk(bytes: Uint8Array, chunks: readonly PngChunk[]): PngChunk | null {
  const view = viewOf(bytes);
  const before = chunks.slice(
    0,
    chunks.findIndex((c) => c.type === 'IDAT'),
  );
  return (
    before.find(({ start, length }) => {
      const end = start + length;
      return end + 4 > bytes.length || crc32(bytes, start - 4, end) !== view.getUint32(end);
    }) ?? null
  );
}
