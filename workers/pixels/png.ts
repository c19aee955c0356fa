import { decode } from 'fast-png';
import { fail, ok, toFault, type Result } from '../../src/core/fault.ts';
import { corrupt, imageFault, truncated, viewOf } from '../../src/core/pixels/headers/types.ts';
import { damagedChunk, PNG_SIGNATURE, type PngHeader } from '../../src/core/pixels/headers/png.ts';
import { fromStored, type StoredPixels } from '../../src/core/pixels/stored.ts';
import type { PixelPolicy, Raster } from '../../src/core/pixels/types.ts';

/** Chunks that carry the picture; the others (colour profiles, gamma, text, animation) must neither change it nor make decoding fail. */
const PICTURE = ['IHDR', 'PLTE', 'IDAT'];

/** Decodes a PNG to its stored values: no colour management, colour under alpha kept, 16 bits rounded to 8. */
export function decodePng(
  bytes: Uint8Array,
  header: PngHeader,
  alpha: PixelPolicy['alpha'],
): Result<{ raster: Raster; notes: readonly string[] }> {
  if (!header.chunks.some((c) => c.type === 'IDAT')) return truncated('PNG');
  const damaged = damagedChunk(bytes, header.chunks);
  if (damaged) return corrupt('PNG', `the checksum of its part ${damaged.type} is wrong`);
  try {
    const { width, height, depth, colourType } = header;
    const png = decode(pictureOnly(bytes, header), { checkCrc: false });
    const stored: StoredPixels = {
      width,
      height,
      depth,
      colourType,
      values: png.data,
      palette: chunk(bytes, header, 'PLTE'),
      transparency: chunk(bytes, header, 'tRNS'),
    };
    return ok(fromStored(stored, alpha));
  } catch (e) {
    if (!header.ended) return truncated('PNG');
    return fail(
      imageFault(
        'corrupt',
        'The PNG file is damaged (corrupt): its picture data cannot be unpacked. Copy or export it again.',
        {
          reason: toFault(e).message,
        },
      ),
    );
  }
}

function chunk(bytes: Uint8Array, header: PngHeader, type: string): Uint8Array | null {
  const found = header.chunks.find((c) => c.type === type);
  return found ? bytes.subarray(found.start, found.start + found.length) : null;
}

/** The same PNG with nothing but its picture. */
function pictureOnly(bytes: Uint8Array, header: PngHeader): Uint8Array {
  const kept = header.chunks.filter((c) => PICTURE.includes(c.type));
  const out = new Uint8Array(8 + kept.reduce((sum, c) => sum + c.length + 12, 12));
  out.set(PNG_SIGNATURE);
  let at = 8;
  for (const { start, length } of kept) {
    out.set(bytes.subarray(start - 8, start + length), at);
    viewOf(out).setUint32(at, length);
    at += length + 12;
  }
  out.set(new TextEncoder().encode('IEND'), at + 4);
  viewOf(out).setUint32(at + 8, 0xae426082);
  return out;
}
