import { joinBytes } from '../../bytes.ts';
import { fail, ok, toFault, type Result } from '../../fault.ts';
import { fromStored, type StoredPixels } from '../stored.ts';
import type { PixelPolicy } from '../types.ts';
import { fromAdam7 } from './adam7.ts';
import { pngOrientation } from './png-text.ts';
import { damagedChunk, PNG_SIGNATURE, readPng, type PngHeader } from './png.ts';
import {
  corrupt,
  imageFault,
  startsWith,
  truncated,
  viewOf,
  type DecodeTools,
  type ImageFormat,
  type Stored,
} from './types.ts';

/** Our own decoder but for the unpacking: browsers correct colours and lose what lies under alpha. */
export const PNG: ImageFormat = {
  label: 'PNG',
  mime: 'image/png',
  endings: ['png'],
  begins: (bytes) => startsWith(bytes, PNG_SIGNATURE),
  readHeader: readPng,
  async decode(bytes, alpha, tools) {
    const header = readPng(bytes);
    return header.ok ? decodePng(bytes, header.value, alpha, tools) : header;
  },
};

/** Chunks that carry the picture; the others (colour profiles, gamma, text, animation) must neither change it nor make decoding fail. */
const PICTURE = ['IHDR', 'PLTE', 'IDAT'];

/** Decodes a PNG to its stored values: no colour management, colour under alpha kept, 16 bits rounded to 8. */
function decodePng(
  bytes: Uint8Array,
  header: PngHeader,
  alpha: PixelPolicy['alpha'],
  tools: DecodeTools,
): Result<Stored> {
  if (!header.chunks.some((c) => c.type === 'IDAT')) return truncated('PNG');
  const damaged = damagedChunk(bytes, header.chunks);
  if (damaged) return corrupt('PNG', `the checksum of its part ${damaged.type} is wrong`);
  try {
    const { width, height, depth, colourType } = header;
    const stored: StoredPixels = {
      width,
      height,
      depth,
      colourType,
      values: header.interlaced
        ? fromAdam7(inflated(bytes, header, tools), header)
        : tools.unpackPng(pictureOnly(bytes, header)),
      palette: chunk(bytes, header, 'PLTE'),
      transparency: chunk(bytes, header, 'tRNS'),
    };
    const orientation = pngOrientation(bytes, header.chunks, tools.inflate);
    return ok({ ...fromStored(stored, alpha), orientation });
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

/** The picture's data, its parts joined and inflated; what can be had of it where its end is missing. */
function inflated(bytes: Uint8Array, header: PngHeader, tools: DecodeTools): Uint8Array {
  const parts = header.chunks.filter((c) => c.type === 'IDAT');
  const data = tools.inflate(joinBytes(parts.map(({ start, length }) => bytes.subarray(start, start + length))));
  if (!data) throw new RangeError('The picture data are no zlib stream.');
  return data;
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
