import { canonicalJson } from '../../exchange/canonical.ts';
import { resize } from '../resize.ts';
import type { Raster } from '../types.ts';
import { drawMarks } from '../marks/draw.ts';
import { boundsOf, type Corners, type Mark } from '../marks/mark.ts';
import { textSize, type Extent } from '../marks/shapes.ts';
import { placed, type Place } from '../marks/place.ts';
import { captionOf } from './caption.ts';
import { throughJpeg } from './jpeg.ts';
import { withNoise } from './noise.ts';
import { rotated } from './rotate.ts';

/**
 * What is done to an image between its file and the model's preprocessing: on upright 8-bit RGB, at the image's own resolution. Plain data that says
 * everything, so that it can be a part of the image's name.
 */
export type Change =
  | { readonly kind: 'marks'; readonly marks: readonly Mark[]; readonly place: Place }
  /** Grey where marks are: the rectangle around each. */
  | { readonly kind: 'hide'; readonly marks: readonly Mark[] }
  /** One cell of a grid of `grid` times `grid` hidden, counted from the upper left corner. */
  | {
      readonly kind: 'cell';
      readonly grid: number;
      readonly row: number;
      readonly column: number;
      readonly fill: CellFill;
    }
  /** A text along the upper border, as large as fits. */
  | { readonly kind: 'caption'; readonly text: string }
  /** Through JPEG and back, as Pillow writes it at this quality (4:2:0). */
  | { readonly kind: 'jpeg'; readonly quality: number }
  /** Against the clock, about the middle, bilinear, black corners, as Pillow does it. */
  | { readonly kind: 'rotate'; readonly degrees: 5 }
  /** Left and right exchanged. */
  | { readonly kind: 'flip' }
  | { readonly kind: 'brightness'; readonly percent: number }
  /** Bell-shaped, the same in all channels. `sigma` in grey values. */
  | { readonly kind: 'noise'; readonly sigma: number; readonly seed: string }
  /** Smaller by this factor (Pillow's bilinear resize). */
  | { readonly kind: 'downscale'; readonly by: number };

/** How a cell is hidden. */
export type CellFill = 'grey' | 'blur';
const GREY = '#808080';
/** How far a blurred cell is blurred, as a share of the image's shorter side. */
const CELL_BLUR = 0.1;

/** The changed image. @param image 8-bit RGB; it stays as it is */
export function applyChanges(image: Raster, changes: readonly Change[]): Raster {
  return changes.reduce(apply, image);
}

function apply(image: Raster, change: Change): Raster {
  switch (change.kind) {
    case 'marks':
      return drawMarks(image, placed(change.marks, change.place, image));
    case 'hide':
      return drawMarks(
        image,
        change.marks.map((m) => ({
          kind: 'blackout' as const,
          colour: GREY,
          ...boundsOf(m, (text) => textSize(text, image)),
        })),
      );
    case 'cell':
      return drawMarks(image, [cellMark(change, image)]);
    case 'caption':
      return drawMarks(image, [captionOf(change.text, image)]);
    case 'jpeg':
      return throughJpeg(image, change.quality);
    case 'rotate':
      return rotated(image);
    case 'flip':
      return flipped(image);
    case 'brightness':
      return brighter(image, change.percent);
    case 'noise':
      return withNoise(image, change.sigma, change.seed);
    case 'downscale':
      return smaller(image, change.by);
  }
}

/** A list of changes as one text: two lists have the same exactly if they say the same. */
export function changesKey(changes: readonly Change[]): string {
  return canonicalJson(changes);
}

/** The pixels of a cell: whole ones, so that cells neither overlap nor leave gaps. */
export function cellCorners(
  { grid, row, column }: { readonly grid: number; readonly row: number; readonly column: number },
  { width, height }: Extent,
): Corners {
  const cut = (i: number, side: number): number => Math.floor((i * side) / grid);
  return { x0: cut(column, width), y0: cut(row, height), x1: cut(column + 1, width), y1: cut(row + 1, height) };
}

function cellMark(cell: Extract<Change, { kind: 'cell' }>, image: Raster): Mark {
  const corners = cellCorners(cell, image);
  return cell.fill === 'grey'
    ? { kind: 'blackout', colour: GREY, ...corners }
    : { kind: 'blur', radius: CELL_BLUR, ...corners };
}

function flipped(image: Raster): Raster {
  const { width, height, data } = image;
  const out = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = width - 1; x >= 0; x--) for (let c = 0; c < 3; c++) out[to++] = data[(y * width + x) * 3 + c] ?? 0;
  return { ...image, data: out };
}

function brighter(image: Raster, percent: number): Raster {
  const out = image.data.map((v) => Math.min(255, Math.floor((v * percent + 50) / 100)));
  return { ...image, data: out };
}

function smaller(image: Raster, by: number): Raster {
  const side = (n: number): number => Math.max(1, Math.floor(n / by));
  const [width, height] = [side(image.width), side(image.height)];
  return resize(image, { width, height, filter: 'BILINEAR', order: 'horizontal-first' });
}
