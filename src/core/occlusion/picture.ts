import { cellCorners } from '../images/changes/change.ts';
import { drawMarks } from '../images/marks/draw.ts';
import type { TextMark } from '../images/marks/mark.ts';
import { textSize } from '../images/marks/shapes.ts';
import { resize } from '../images/resize.ts';
import type { Raster } from '../images/types.ts';
import { scaleOf, type OcclusionMap } from './map.ts';

type Rgb = readonly [number, number, number];
/** Hiding the cell takes from A: the cell speaks for A. And the same for B. The colours are those of the letters on every page. */
export const FOR_A: Rgb = [40, 120, 235];
export const FOR_B: Rgb = [224, 104, 20];
/** Most of the image that a colour covers, so that what is under it stays seen. */
const STRONGEST = 0.72;

/** How a cell is coloured: which way, and how strongly from 0 to 1. @param scale the largest absolute change of all maps shown together */
export function tintOf(change: number, scale: number): { readonly colour: Rgb; readonly strength: number } {
  const strength = scale === 0 ? 0 : Math.min(1, Math.abs(change) / scale);
  return { colour: change < 0 ? FOR_A : FOR_B, strength: strength * STRONGEST };
}

/** Height of a picture's images, at least, and of the strip with the scale below them. */
const TALL = 384;
const STRIP = 64;
const GAP = 12;

/**
 * Maps over their images, side by side with one colour scale, which stands below.
 * @param parts a map and its image each, 8-bit RGB
 */
export function occlusionPicture(parts: readonly { readonly map: OcclusionMap; readonly image: Raster }[]): Raster {
  const scale = scaleOf(parts.map((p) => p.map));
  const panes = parts.map(({ map, image }) => enlarged(tinted(image, map, scale)));
  const height = panes.reduce((h, p) => Math.max(h, p.height), 0);
  const width = panes.reduce((w, p) => w + p.width, GAP * (panes.length - 1));
  const canvas: Raster = {
    width,
    height: height + STRIP,
    channels: 3,
    data: new Uint8Array(width * (height + STRIP) * 3),
  };
  let left = 0;
  for (const pane of panes) {
    copy(canvas, pane, left, 0);
    left += pane.width + GAP;
  }
  return legend(canvas, height, scale);
}

function tinted(image: Raster, map: OcclusionMap, scale: number): Raster {
  const data = image.data.slice();
  map.cells.forEach((change, i) => {
    const { colour, strength } = tintOf(change, scale);
    const cell = cellCorners({ grid: map.grid, row: Math.floor(i / map.grid), column: i % map.grid }, image);
    for (let y = cell.y0; y < cell.y1; y++)
      for (let x = cell.x0; x < cell.x1; x++) {
        const at = (y * image.width + x) * 3;
        for (let c = 0; c < 3; c++)
          data[at + c] = Math.round((data[at + c] ?? 0) * (1 - strength) + (colour[c] ?? 0) * strength);
      }
  });
  return { ...image, data };
}

/** Small images by a whole factor, so that their pixels and cells stay sharp. */
function enlarged(image: Raster): Raster {
  const factor = Math.ceil(TALL / image.height);
  if (factor <= 1) return image;
  const [width, height] = [image.width * factor, image.height * factor];
  return resize(image, { width, height, filter: 'NEAREST', order: 'horizontal-first' });
}

function copy(canvas: Raster, image: Raster, left: number, top: number): void {
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
    canvas.data.set(row, ((top + y) * canvas.width + left) * 3);
  }
}

/** A bar from "speaks for A" to "speaks for B" with the change at both ends. */
function legend(canvas: Raster, top: number, scale: number): Raster {
  const bar = { left: 12, right: canvas.width - 12, top: top + 14, bottom: top + 28 };
  for (let x = bar.left; x < bar.right; x++) {
    const { colour, strength } = tintOf(((x - bar.left) / (bar.right - bar.left)) * 2 - 1, 1);
    for (let y = bar.top; y < bar.bottom; y++)
      for (let c = 0; c < 3; c++)
        canvas.data[(y * canvas.width + x) * 3 + c] = Math.round((colour[c] ?? 0) * strength + 40 * (1 - strength));
  }
  const size = 12 / Math.min(canvas.width, canvas.height);
  const label = (text: string, x: number): TextMark => ({
    ...{ kind: 'text', x, y: bar.bottom + 8, text, size, colour: '#ffffff', halo: null },
  });
  const wide = (text: string): number => textSize({ text, size }, canvas)[0];
  const [a, b] = [`speaks for A ${(-scale).toPrecision(3)}`, `${scale.toPrecision(3)} speaks for B`];
  return drawMarks(canvas, [label(a, bar.left), label(b, bar.right - wide(b))]);
}
