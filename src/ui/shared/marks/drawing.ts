import {
  USUAL_BLACKOUT,
  USUAL_BLUR,
  USUAL_STROKE,
  USUAL_TEXT_SIZE,
  type Mark,
  type MarkKind,
  type Stroke,
} from '../../../core/images/marks/mark.ts';
import { haloOf, shapeOf, type Extent, type Shape } from '../../../core/images/marks/shapes.ts';

/** How the next mark is drawn. */
export interface Pen {
  readonly kind: MarkKind;
  readonly colour: string;
  /** Share of the image's shorter side. */
  readonly width: number;
  /** What a text mark says. */
  readonly text: string;
}
export const USUAL_PEN: Pen = { kind: 'arrow', colour: USUAL_STROKE.colour, width: USUAL_STROKE.width, text: '' };

export const TOOLS: readonly (readonly [MarkKind, string])[] = [
  ['arrow', 'Arrow'],
  ['box', 'Box'],
  ['ellipse', 'Ellipse'],
  ['circle', 'Circle'],
  ['point', 'Point'],
  ['freehand', 'Line'],
  ['text', 'Text'],
  ['blur', 'Blur'],
  ['blackout', 'Black out'],
];

export type At = readonly [x: number, y: number];

/** Whether a mark is set by a single point. */
export function isPlaced(kind: MarkKind): boolean {
  return kind === 'point' || kind === 'text';
}

/**
 * The mark that a pen makes of the points it went through: the first and the last of them, all of a line.
 * @returns null where that is no mark yet: nothing to write, or no way between the points
 */
export function penMark(pen: Pen, points: readonly At[]): Mark | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return null;
  const stroke: Stroke = { colour: pen.colour, width: pen.width, halo: USUAL_STROKE.halo };
  const [[x, y], [x1, y1]] = [first.map(tidy) as [number, number], last.map(tidy) as [number, number]];
  const corners = { x0: x, y0: y, x1, y1 };
  const apart = x !== x1 || y !== y1;
  const wide = x !== x1 && y !== y1;
  switch (pen.kind) {
    case 'arrow':
      return apart ? { kind: 'arrow', ...corners, ...stroke } : null;
    case 'box':
    case 'ellipse':
      return wide ? { kind: pen.kind, ...corners, ...stroke } : null;
    case 'circle': {
      const r = tidy(Math.sqrt((x1 - x) ** 2 + (y1 - y) ** 2));
      return r > 0 ? { kind: 'circle', x, y, r, ...stroke } : null;
    }
    case 'point':
      return { kind: 'point', x, y, ...stroke };
    case 'freehand':
      return apart || points.length > 2
        ? { kind: 'freehand', points: points.map(([px, py]) => [tidy(px), tidy(py)] as const), ...stroke }
        : null;
    case 'text':
      return pen.text.trim() === ''
        ? null
        : { kind: 'text', x, y, text: pen.text.trim(), size: USUAL_TEXT_SIZE, colour: pen.colour, halo: stroke.halo };
    case 'blur':
      return wide ? { kind: 'blur', ...corners, radius: USUAL_BLUR } : null;
    case 'blackout':
      return wide ? { kind: 'blackout', ...corners, colour: USUAL_BLACKOUT } : null;
  }
}

/** To a hundredth of a pixel: more is noise of the pointer. */
const tidy = (v: number): number => Math.round(v * 100) / 100;

/** The outlines of a mark as an SVG path; the same that are burned in. */
export function pathOf(shape: Shape): string {
  return shape
    .flat()
    .map((contour) => {
      const points: string[] = [];
      for (let i = 0; i < contour.length; i += 2) points.push(`${contour[i] ?? 0} ${contour[i + 1] ?? 0}`);
      return points.length === 0 ? '' : `M${points.join('L')}Z`;
    })
    .join('');
}

/** What is shown of a mark: its halo, and itself. A blurred region is shown by its rim only, since the picture under it stays as it is. */
export function drawn(mark: Mark, image: Extent): readonly { readonly path: string; readonly fill: string }[] {
  const halo = haloOf(mark, image);
  const under = halo !== null && 'halo' in mark && mark.halo ? [{ path: pathOf(halo), fill: mark.halo.colour }] : [];
  if (mark.kind === 'blur') return [{ path: pathOf(shapeOf(mark, image)), fill: 'rgb(128 128 128 / 75%)' }];
  return [...under, { path: pathOf(shapeOf(mark, image)), fill: mark.colour }];
}

/** What a mark is, in words for those who do not see it. */
export function markWords(mark: Mark): string {
  const [, name = mark.kind] = TOOLS.find(([kind]) => kind === mark.kind) ?? [];
  const at = (x: number, y: number): string => `${Math.round(x)}, ${Math.round(y)}`;
  switch (mark.kind) {
    case 'circle':
      return `${name} around ${at(mark.x, mark.y)}, radius ${Math.round(mark.r)}`;
    case 'point':
      return `${name} at ${at(mark.x, mark.y)}`;
    case 'text':
      return `${name} “${mark.text}” at ${at(mark.x, mark.y)}`;
    case 'freehand': {
      const [x, y] = mark.points[0] ?? [0, 0];
      return `${name} from ${at(x, y)}`;
    }
    default:
      return `${name} from ${at(mark.x0, mark.y0)} to ${at(mark.x1, mark.y1)}`;
  }
}
