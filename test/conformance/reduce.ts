import { resize, type ResizeOptions } from '../../src/core/pixels/resize.ts';
import type { Raster } from '../../src/core/pixels/types.ts';

/**
 * Pillow's `reducing_gap`: an integer box mean first, then the resize. No image processor sets it, so it is here, for the conformance
 * cases, and not in the product (src/libImaging/Reduce.c; PIL/Image.py, resize).
 */
export function reduceThenResize(image: Raster, options: ResizeOptions, gap: number): Raster {
  const [left, top, right, bottom] = options.box ?? [0, 0, image.width, image.height];
  const factorX = Math.trunc((right - left) / options.width / gap) || 1;
  const factorY = Math.trunc((bottom - top) / options.height / gap) || 1;
  if (factorX === 1 && factorY === 1) return resize(image, options);
  const box = [left / factorX, top / factorY, right / factorX, bottom / factorY] as const;
  return resize(reduce(image, factorX, factorY), { ...options, box });
}

/** Means over cells; those at the right and lower edges hold fewer pixels. */
function reduce({ width: w, height: h, channels, data }: Raster, factorX: number, factorY: number): Raster {
  const width = Math.ceil(w / factorX);
  const height = Math.ceil(h / factorY);
  const out = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        let n = 0;
        for (let j = y * factorY; j < Math.min(h, (y + 1) * factorY); j++)
          for (let i = x * factorX; i < Math.min(w, (x + 1) * factorX); i++, n++)
            sum += data[(j * w + i) * channels + c] ?? 0;
        out[(y * width + x) * channels + c] = Math.floor(
          ((sum + Math.floor(n / 2)) * Math.trunc(2 ** 24 / n)) / 2 ** 24,
        );
      }
  return { width, height, channels, data: out };
}
