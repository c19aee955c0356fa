import { KERNELS } from '../../../src/core/images/filters.ts';
import { resize, type ResizeOptions } from '../../../src/core/images/resize.ts';
import type { Raster } from '../../../src/core/images/types.ts';

/**
 * Pillow's `reducing_gap`: an integer box mean first, then the resize. No image processor sets it, so it is here, for the conformance
 * cases, and not in the product (src/libImaging/Reduce.c; PIL/Image.py, resize).
 */
export function reduceThenResize(image: Raster, options: ResizeOptions, gap: number): Raster {
  const [left, top, right, bottom] = options.box ?? [0, 0, image.width, image.height];
  const factorX = Math.trunc((right - left) / options.width / gap) || 1;
  const factorY = Math.trunc((bottom - top) / options.height / gap) || 1;
  if (factorX === 1 && factorY === 1) return resize(image, options);
  const safe = safeBox(image, options, [left, top, right, bottom]);
  const part = cut(image, safe);
  const box = [
    (left - safe[0]) / factorX,
    (top - safe[1]) / factorY,
    (right - safe[0]) / factorX,
    (bottom - safe[1]) / factorY,
  ] as const;
  return resize(reduce(part, factorX, factorY), { ...options, box });
}

type Box = readonly [left: number, top: number, right: number, bottom: number];

/** The box and what the filter needs around it (PIL/Image.py, _get_safe_box). */
function safeBox(image: Raster, { width, height, filter }: ResizeOptions, [left, top, right, bottom]: Box): Box {
  const support = (filter === 'NEAREST' ? 0.5 : KERNELS[filter].radius) - 0.5;
  const aroundX = (support * (right - left)) / width;
  const aroundY = (support * (bottom - top)) / height;
  return [
    Math.max(0, Math.trunc(left - aroundX)),
    Math.max(0, Math.trunc(top - aroundY)),
    Math.min(image.width, Math.ceil(right + aroundX)),
    Math.min(image.height, Math.ceil(bottom + aroundY)),
  ];
}

function cut(image: Raster, [left, top, right, bottom]: Box): Raster {
  const { channels } = image;
  const width = right - left;
  const data = new Uint8Array(width * (bottom - top) * channels);
  for (let y = top; y < bottom; y++) {
    const from = (y * image.width + left) * channels;
    data.set(image.data.subarray(from, from + width * channels), (y - top) * width * channels);
  }
  return { width, height: bottom - top, channels, data };
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
