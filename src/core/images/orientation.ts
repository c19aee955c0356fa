import type { Raster } from './types.ts';

/** EXIF orientation 1 to 8: how the stored pixels must be turned to be seen upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export function isOrientation(n: number): n is Orientation {
  return Number.isInteger(n) && n >= 1 && n <= 8;
}

/** Turns an image upright as `PIL.ImageOps.exif_transpose` does. */
export function applyOrientation(image: Raster, orientation: Orientation): Raster {
  if (orientation === 1) return image;
  const { width: w, height: h, channels } = image;
  const swapped = orientation >= 5;
  const width = swapped ? h : w;
  const height = swapped ? w : h;
  const data = new Uint8Array(image.data.length);
  let to = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = source(orientation, x, y, w, h) * channels;
      for (let c = 0; c < channels; c++) data[to++] = image.data[from + c] ?? 0;
    }
  return { width, height, channels, data };
}

/** Index of the stored pixel that is seen at (x, y). `w`, `h`: the stored size. */
function source(orientation: Orientation, x: number, y: number, w: number, h: number): number {
  switch (orientation) {
    case 1:
      return y * w + x;
    case 2: // mirrored left to right
      return y * w + (w - 1 - x);
    case 3: // turned by 180 degrees
      return (h - 1 - y) * w + (w - 1 - x);
    case 4: // mirrored top to bottom
      return (h - 1 - y) * w + x;
    case 5: // transposed
      return x * w + y;
    case 6: // stored turned left: turn right
      return (h - 1 - x) * w + y;
    case 7: // transverse
      return (h - 1 - x) * w + (w - 1 - y);
    case 8: // stored turned right: turn left
      return x * w + (w - 1 - y);
  }
}
