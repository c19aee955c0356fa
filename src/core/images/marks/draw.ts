import type { Raster } from '../types.ts';
import { blurred } from './blur.ts';
import { coverRows } from './coverage.ts';
import type { Mark } from './mark.ts';
import { haloOf, shapeOf, type Shape } from './shapes.ts';

type Rgb = readonly [number, number, number];

/**
 * Burns marks into an image, one after another, at its own resolution: the same bytes on every machine. Each pixel is mixed with the mark's colour by the
 * exact area that the mark covers of it, to 1/255, a half rounded up.
 * @param image 8-bit RGB
 * @returns a new image; the given one stays as it is
 */
export function drawMarks(image: Raster, marks: readonly Mark[]): Raster {
  if (image.channels !== 3) throw new RangeError(`Marks are drawn on RGB, not on ${image.channels} channels.`);
  const data = image.data.slice();
  const canvas: Raster = { ...image, data };
  for (const mark of marks) {
    const halo = haloOf(mark, image);
    if (halo !== null && 'halo' in mark && mark.halo !== null) fill(canvas, halo, rgbOf(mark.halo.colour));
    if (mark.kind === 'blur') blur(canvas, mark);
    else fill(canvas, shapeOf(mark, image), rgbOf(mark.colour));
  }
  return canvas;
}

/** `#rrggbb` as three numbers. */
function rgbOf(colour: string): Rgb {
  const n = parseInt(colour.slice(1), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
}

function fill(canvas: Raster, shape: Shape, colour: Rgb): void {
  const { width, height, data } = canvas;
  coverRows(shape, width, height, (y, alpha, from, to) => {
    for (let x = from; x < to; x++) {
      const a = alpha[x] ?? 0;
      if (a === 0) continue;
      const at = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) data[at + c] = mixed(data[at + c] ?? 0, colour[c] ?? 0, a);
    }
  });
}

/** The blurred picture is laid over the sharp one, so that a blur's border is as exact as a line's. */
function blur(canvas: Raster, mark: Extract<Mark, { kind: 'blur' }>): void {
  const { width, height, data } = canvas;
  const soft = blurred(canvas, mark);
  if (soft === null) return;
  coverRows(shapeOf(mark, canvas), width, height, (y, alpha, from, to) => {
    for (let x = from; x < to; x++) {
      const a = alpha[x] ?? 0;
      const at = (y * width + x) * 3;
      const there = ((y - soft.top) * soft.width + (x - soft.left)) * 3;
      for (let c = 0; c < 3; c++) data[at + c] = mixed(data[at + c] ?? 0, soft.data[there + c] ?? 0, a);
    }
  });
}

const mixed = (under: number, over: number, alpha: number): number =>
  Math.floor((under * (255 - alpha) + over * alpha + 127) / 255);
