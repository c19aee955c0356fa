/**
 * What a reader draws on an image: data, in the image's own coordinates, never pixels of the original. A coordinate is a distance in pixels from the upper
 * left corner of the upright image; the pixel in that corner covers 0 to 1 both ways. What is relative (`width`, `size`, `radius`) is a share of the
 * image's shorter side, so that a style looks the same on every image.
 */
export type Mark =
  ArrowMark | BoxMark | EllipseMark | CircleMark | PointMark | FreehandMark | TextMark | BlurMark | BlackoutMark;
export type MarkKind = Mark['kind'];

/** A rim around a mark, so that it is seen on light and dark alike. */
export interface Halo {
  /** `#rrggbb`. */
  readonly colour: string;
  /** Share of the image's shorter side. */
  readonly width: number;
}

/** How a line is drawn. */
export interface Stroke {
  /** `#rrggbb`. */
  readonly colour: string;
  /** Share of the image's shorter side. */
  readonly width: number;
  readonly halo: Halo | null;
}

/** Two corners, in any order. */
export interface Corners {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** From its tail (x0, y0) to its tip (x1, y1). */
export type ArrowMark = Corners & Stroke & { readonly kind: 'arrow' };
/** The rim of a rectangle; its line lies half inside and half outside. */
export type BoxMark = Corners & Stroke & { readonly kind: 'box' };
/** The rim of the ellipse in a rectangle. */
export type EllipseMark = Corners & Stroke & { readonly kind: 'ellipse' };
export type CircleMark = Stroke & {
  readonly kind: 'circle';
  readonly x: number;
  readonly y: number;
  readonly r: number;
};
/** A disc, three times as wide as a line would be. */
export type PointMark = Stroke & { readonly kind: 'point'; readonly x: number; readonly y: number };
/** A line through points, with round joins and ends. */
export type FreehandMark = Stroke & {
  readonly kind: 'freehand';
  readonly points: readonly (readonly [number, number])[];
};
/** Text whose first capital has its upper left corner at (x, y). */
export interface TextMark {
  readonly kind: 'text';
  readonly x: number;
  readonly y: number;
  /** Lines with `\n` between. */
  readonly text: string;
  /** Height of a capital letter, as a share of the image's shorter side. */
  readonly size: number;
  readonly colour: string;
  readonly halo: Halo | null;
}
/** Each pixel of a rectangle becomes the mean of the square around it. */
export type BlurMark = Corners & {
  readonly kind: 'blur';
  /** How far the square reaches, as a share of the image's shorter side; at least one pixel. */
  readonly radius: number;
};
/** A rectangle of one colour. */
export type BlackoutMark = Corners & { readonly kind: 'blackout'; readonly colour: string };

/** Marks of the two images of a pair. Empty: nothing to point at in that image. */
export type PairMarks = readonly [readonly Mark[], readonly Mark[]];
/** Marks by pair. A pair that is not there has not been marked, which is something else than having nothing to point at. */
export type MarkSet = Readonly<Record<string, PairMarks>>;

export const MARK_KINDS = [
  'arrow',
  'box',
  'ellipse',
  'circle',
  'point',
  'freehand',
  'text',
  'blur',
  'blackout',
] as const satisfies readonly MarkKind[];

/** How a line is drawn where nothing is said. */
export const USUAL_STROKE: Stroke = { colour: '#ffe000', width: 0.015, halo: { colour: '#000000', width: 0.006 } };
export const USUAL_TEXT_SIZE = 0.07;
export const USUAL_BLUR = 0.05;
export const USUAL_BLACKOUT = '#000000';

/** Limits of what a mark may say; beyond them a mark is a mistake. */
export const LIMITS = { coordinate: 1_000_000, share: 1, points: 20_000, text: 2000, marks: 500 } as const;

/** The rectangle around a mark, its line's width left out. */
export function boundsOf(mark: Mark, textWidth: (mark: TextMark) => readonly [number, number]): Corners {
  switch (mark.kind) {
    case 'circle':
      return { x0: mark.x - mark.r, y0: mark.y - mark.r, x1: mark.x + mark.r, y1: mark.y + mark.r };
    case 'point':
      return { x0: mark.x, y0: mark.y, x1: mark.x, y1: mark.y };
    case 'freehand':
      return around(mark.points);
    case 'text': {
      const [width, height] = textWidth(mark);
      return { x0: mark.x, y0: mark.y, x1: mark.x + width, y1: mark.y + height };
    }
    default:
      return upright(mark);
  }
}

function around(points: FreehandMark['points']): Corners {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);
  return { x0: least(xs), y0: least(ys), x1: most(xs), y1: most(ys) };
}

/** Corners with (x0, y0) the upper left one. */
export function upright({ x0, y0, x1, y1 }: Corners): Corners {
  return { x0: Math.min(x0, x1), y0: Math.min(y0, y1), x1: Math.max(x0, x1), y1: Math.max(y0, y1) };
}

/** A mark on an image of another size: its place scaled, its style left. */
export function scaled(mark: Mark, sx: number, sy: number): Mark {
  switch (mark.kind) {
    case 'circle':
      return { ...mark, x: mark.x * sx, y: mark.y * sy, r: mark.r * Math.min(sx, sy) };
    case 'point':
    case 'text':
      return { ...mark, x: mark.x * sx, y: mark.y * sy };
    case 'freehand':
      return { ...mark, points: mark.points.map(([x, y]) => [x * sx, y * sy] as const) };
    default:
      return { ...mark, x0: mark.x0 * sx, y0: mark.y0 * sy, x1: mark.x1 * sx, y1: mark.y1 * sy };
  }
}

/** A mark moved by (dx, dy). */
export function moved(mark: Mark, dx: number, dy: number): Mark {
  switch (mark.kind) {
    case 'circle':
    case 'point':
    case 'text':
      return { ...mark, x: mark.x + dx, y: mark.y + dy };
    case 'freehand':
      return { ...mark, points: mark.points.map(([x, y]) => [x + dx, y + dy] as const) };
    default:
      return { ...mark, x0: mark.x0 + dx, y0: mark.y0 + dy, x1: mark.x1 + dx, y1: mark.y1 + dy };
  }
}
