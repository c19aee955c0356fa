import { BMP } from './bmp.ts';
import { GIF } from './gif.ts';
import { JPEG } from './jpeg.ts';
import { PNG } from './png-decode.ts';
import type { ImageFormat } from './types.ts';
import { WEBP } from './webp.ts';

/**
 * Every image format that is decoded: one file here, one line, cases in test/pixels. Where only a name without an ending is known, the endings
 * are tried in this order. Header, decoding, finding of files, and messages go by it.
 */
export const IMAGE_FORMATS: ImageFormat[] = [JPEG, PNG, WEBP, GIF, BMP];

/** The format that a file's first bytes show; null for none of ours. */
export function imageFormatOf(bytes: Uint8Array): ImageFormat | null {
  return IMAGE_FORMATS.find((format) => format.begins(bytes)) ?? null;
}

/** Endings of files that are decoded, the likeliest first. */
export function imageEndings(): readonly string[] {
  return IMAGE_FORMATS.flatMap(({ endings }) => endings);
}
