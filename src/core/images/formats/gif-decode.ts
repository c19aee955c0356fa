import { joinBytes } from '../../bytes.ts';
import { ok, type Result } from '../../fault.ts';
import { corrupt, truncated, viewOf, type ImageHeader } from './types.ts';
import type { Raster } from '../types.ts';

/**
 * The first frame of a GIF, as Pillow gives it (PIL/GifImagePlugin.py). Browsers lose the colour of transparent pixels, so this is our own decoder.
 * Transparency becomes alpha; what the frame does not cover is the transparent colour, or palette entry 0.
 */
export function decodeGif(
  bytes: Uint8Array,
  header: ImageHeader,
): Result<{ raster: Raster; notes: readonly string[] }> {
  const found = findFrame(bytes);
  if (!found.ok) return found;
  const { frame, transparent, animated } = found.value;
  const indices = unLzw(frame.data, frame.minimum, frame.width * frame.height);
  if (!indices.ok) return indices;
  const { width, height } = header;
  const canvas = new Uint8Array(width * height).fill(transparent ?? 0);
  const rows = frame.interlaced ? interlacedRows(frame.height) : null;
  for (let i = 0; i < frame.height; i++) {
    const y = frame.top + (rows ? (rows[i] ?? 0) : i);
    if (y >= height) continue;
    const visible = Math.min(frame.width, width - frame.left);
    if (visible > 0)
      canvas.set(indices.value.subarray(i * frame.width, i * frame.width + visible), y * width + frame.left);
  }
  const raster = coloured(canvas, width, height, frame.palette, transparent);
  return ok({ raster, notes: animated ? ['first-frame-only'] : [] });
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  readonly palette: Uint8Array | null;
  readonly minimum: number;
  readonly data: Uint8Array;
}

interface Found {
  readonly frame: Frame;
  readonly transparent: number | null;
  readonly animated: boolean;
}

const PALETTE_FLAG = 0x80;
const paletteLength = (flags: number): number => (flags & PALETTE_FLAG ? 3 * (2 << (flags & 7)) : 0);

/** The first frame, with what stands before it that bears on it. */
export function findFrame(bytes: Uint8Array): Result<Found> {
  const flags = bytes[10] ?? 0;
  let at = 13 + paletteLength(flags);
  const shared = flags & PALETTE_FLAG ? bytes.subarray(13, at) : null;
  let transparent: number | null = null;
  for (;;) {
    const kind = bytes[at];
    if (kind === undefined) return truncated('GIF');
    if (kind === 0x3b) return corrupt('GIF', 'it holds no picture');
    if (kind === 0x21) {
      if (bytes[at + 1] === 0xf9 && (bytes[at + 3] ?? 0) & 1) transparent = bytes[at + 6] ?? null;
      at = afterBlocks(bytes, at + 2);
    } else if (kind === 0x2c) {
      const frame = readFrame(bytes, at, shared);
      if (!frame.ok) return frame;
      return ok({ frame: frame.value.frame, transparent, animated: hasAnother(bytes, frame.value.next) });
    } else at++; // stray bytes between blocks are passed over, as in Pillow
  }
}

function afterBlocks(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let length = bytes[at]; length !== undefined && length !== 0; length = bytes[at]) at += length + 1;
  return at + 1;
}

function hasAnother(bytes: Uint8Array, from: number): boolean {
  let at = from;
  while (bytes[at] === 0x21) at = afterBlocks(bytes, at + 2);
  return bytes[at] === 0x2c;
}

function readFrame(bytes: Uint8Array, at: number, shared: Uint8Array | null): Result<{ frame: Frame; next: number }> {
  if (at + 11 > bytes.length) return truncated('GIF');
  const view = viewOf(bytes);
  const flags = bytes[at + 9] ?? 0;
  const table = at + 10;
  const start = table + paletteLength(flags);
  const parts: Uint8Array[] = [];
  let next = start + 1;
  for (let length = bytes[next]; length !== 0; length = bytes[next]) {
    if (length === undefined) break; // the end is missing; whether the picture is complete shows when it is unpacked
    parts.push(bytes.subarray(next + 1, next + 1 + length));
    next += length + 1;
  }
  const frame = {
    left: view.getUint16(at + 1, true),
    top: view.getUint16(at + 3, true),
    width: view.getUint16(at + 5, true),
    height: view.getUint16(at + 7, true),
    interlaced: (flags & 0x40) !== 0,
    palette: flags & PALETTE_FLAG ? bytes.subarray(table, start) : shared,
    minimum: bytes[start] ?? 0,
    data: joinBytes(parts),
  };
  return ok({ frame, next: next + 1 });
}

function interlacedRows(height: number): readonly number[] {
  const passes = [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ] as const;
  return passes.flatMap(([first, step]) => {
    const rows: number[] = [];
    for (let y = first; y < height; y += step) rows.push(y);
    return rows;
  });
}

/** GIF's LZW: codes of growing length, least significant bit first. */
function unLzw(data: Uint8Array, minimum: number, wanted: number): Result<Uint8Array> {
  if (minimum < 1 || minimum > 11) return corrupt('GIF', 'its picture data cannot be unpacked');
  const clear = 1 << minimum;
  const prefix = new Int16Array(4096);
  const suffix = new Uint8Array(4096);
  const stack = new Uint8Array(4097);
  const out = new Uint8Array(wanted);
  let [bits, held, size, next, previous, first, at, done] = [0, 0, minimum + 1, clear + 2, -1, 0, 0, 0];
  while (done < wanted) {
    while (held < size) {
      const b = data[at++];
      if (b === undefined) return truncated('GIF');
      bits |= b << held;
      held += 8;
    }
    const code = bits & ((1 << size) - 1);
    bits >>>= size;
    held -= size;
    if (code === clear + 1) return truncated('GIF');
    if (code === clear) {
      [size, next, previous] = [minimum + 1, clear + 2, -1];
      continue;
    }
    if (code > next || (previous < 0 && code >= clear)) return corrupt('GIF', 'its picture data cannot be unpacked');
    let depth = 0;
    let walk = code;
    if (code === next) {
      stack[depth++] = first;
      walk = previous;
    }
    for (; walk >= clear; walk = prefix[walk] ?? 0) stack[depth++] = suffix[walk] ?? 0;
    first = walk;
    stack[depth++] = first;
    if (previous >= 0 && next < 4096) {
      prefix[next] = previous;
      suffix[next++] = first;
      if (next === 1 << size && size < 12) size++;
    }
    previous = code;
    while (depth > 0 && done < wanted) out[done++] = stack[--depth] ?? 0;
  }
  return ok(out);
}

/** Without any palette the indices are greys. */
function coloured(
  indices: Uint8Array,
  width: number,
  height: number,
  palette: Uint8Array | null,
  transparent: number | null,
): Raster {
  const channels = transparent === null ? 3 : 4;
  const data = new Uint8Array(indices.length * channels);
  indices.forEach((v, i) => {
    for (let c = 0; c < 3; c++) data[i * channels + c] = palette ? (palette[v * 3 + c] ?? 0) : v;
    if (channels === 4) data[i * 4 + 3] = v === transparent ? 0 : 255;
  });
  return { width, height, channels, data };
}
