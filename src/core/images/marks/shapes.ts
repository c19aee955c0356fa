import { glyphsOf, GLYPH } from './font.ts';
import { upright, type ArrowMark, type Corners, type FreehandMark, type Mark, type TextMark } from './mark.ts';

/**
 * Marks as outlines. Every corner lies on a grid of 1/256 pixel, and only operations that IEEE 754 defines to the last bit are used (no sine, no hypot), so
 * that every machine draws the same.
 */

/** A closed outline, x and y in turn. */
export type Contour = readonly number[];
/** Outlines that do not cross; one inside another runs the other way round and is a hole. */
export type Part = readonly Contour[];
/** Parts that may overlap: a pixel is covered as much as the part that covers it most. */
export type Shape = readonly Part[];

export interface Extent {
  readonly width: number;
  readonly height: number;
}

const GRID = 256;
const snap = (v: number): number => Math.floor(v * GRID + 0.5) / GRID;

/** Corners of a full circle: a polygon of this many lies less than 1/50 pixel off at a radius of 1000. */
const ROUND = 512;
/** The same for a line's joins and ends. */
const JOIN = 64;

/** cos and sin of i / 512 of a turn, to 20 bits: made by halving a right angle, since engines' own sines differ in their last bit. */
const CIRCLE: readonly (readonly [number, number])[] = (() => {
  let [c, s] = [0, 1];
  for (let n = 4; n < ROUND; n *= 2) [c, s] = [Math.sqrt((1 + c) / 2), Math.sqrt((1 - c) / 2)];
  const bits = 2 ** 20;
  const points: [number, number][] = [];
  for (let i = 0, x = 1, y = 0; i < ROUND; i++) {
    points.push([Math.floor(x * bits + 0.5) / bits, Math.floor(y * bits + 0.5) / bits]);
    [x, y] = [x * c - y * s, x * s + y * c];
  }
  return points;
})();

/** The shape of a mark on an image of this size; null for what is no outline (blur, blackout cover a rectangle: `areaOf`). */
export function shapeOf(mark: Mark, image: Extent): Shape {
  const stroke = 'width' in mark ? pixels(mark.width, image) : 0;
  return outline(mark, image, stroke, 0);
}

/** The shape of a mark's halo, which lies under the mark; null where it has none. */
export function haloOf(mark: Mark, image: Extent): Shape | null {
  if (!('halo' in mark) || mark.halo === null) return null;
  const stroke = 'width' in mark ? pixels(mark.width, image) : 0;
  return outline(mark, image, stroke, pixels(mark.halo.width, image));
}

/** A share of the shorter side in pixels. */
export function pixels(share: number, { width, height }: Extent): number {
  return share * Math.min(width, height);
}

/** @param grow how far the shape reaches beyond the mark on every side */
function outline(mark: Mark, image: Extent, stroke: number, grow: number): Shape {
  const half = stroke / 2 + grow;
  switch (mark.kind) {
    case 'arrow':
      return arrow(mark, stroke, grow);
    case 'box':
      return [ring(upright(mark), half, rectangle)];
    case 'ellipse':
      return [ring(upright(mark), half, (c) => ellipse(c, ROUND))];
    case 'circle': {
      const { x, y, r } = mark;
      return [ring({ x0: x - r, y0: y - r, x1: x + r, y1: y + r }, half, (c) => ellipse(c, ROUND))];
    }
    case 'point':
      return [[disc(mark.x, mark.y, stroke * 1.5 + grow)]];
    case 'freehand':
      return thickLine(mark.points, half);
    case 'text':
      return dots(mark, image, grow);
    case 'blur':
    case 'blackout':
      return [[rectangle(upright(mark))]];
  }
}

/** The band of `half` on both sides of a closed outline; where nothing is left inside, all of it. */
function ring(c: Corners, half: number, draw: (c: Corners) => Contour): Part {
  const outer = draw({ x0: c.x0 - half, y0: c.y0 - half, x1: c.x1 + half, y1: c.y1 + half });
  const inner = { x0: c.x0 + half, y0: c.y0 + half, x1: c.x1 - half, y1: c.y1 - half };
  return inner.x0 < inner.x1 && inner.y0 < inner.y1 ? [outer, backwards(draw(inner))] : [outer];
}

function backwards(contour: Contour): Contour {
  const out: number[] = [];
  for (let i = contour.length - 2; i >= 0; i -= 2) out.push(contour[i] ?? 0, contour[i + 1] ?? 0);
  return out;
}

function rectangle({ x0, y0, x1, y1 }: Corners): Contour {
  const [l, t, r, b] = [snap(x0), snap(y0), snap(x1), snap(y1)];
  return [l, t, r, t, r, b, l, b];
}

/** The ellipse inside a rectangle. @param corners how many it has */
function ellipse({ x0, y0, x1, y1 }: Corners, corners: number): Contour {
  const [cx, cy, rx, ry] = [(x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2];
  return CIRCLE.filter((_, i) => i % (ROUND / corners) === 0).flatMap(([c, s]) => [
    snap(cx + rx * c),
    snap(cy + ry * s),
  ]);
}

function disc(x: number, y: number, r: number, corners = ROUND): Contour {
  return ellipse({ x0: x - r, y0: y - r, x1: x + r, y1: y + r }, corners);
}

/** A shaft with a triangle at its end, four widths long and as wide; a short arrow is all head. */
function arrow(mark: ArrowMark, stroke: number, grow: number): Shape {
  const [dx, dy] = [mark.x1 - mark.x0, mark.y1 - mark.y0];
  const length = Math.sqrt(dx * dx + dy * dy);
  if (length === 0) return [];
  const [ux, uy] = [dx / length, dy / length];
  const head = Math.min(4 * stroke, length);
  const [wide, thin] = [head / 2, Math.min(stroke / 2, head / 2)];
  const at = (along: number, aside: number): readonly [number, number] => [
    snap(mark.x0 + ux * along - uy * aside),
    snap(mark.y0 + uy * along + ux * aside),
  ];
  const neck = length - head;
  const points = [
    ...[at(0, thin), at(neck, thin), at(neck, wide), at(length, 0)],
    ...[at(neck, -wide), at(neck, -thin), at(0, -thin)],
  ];
  const filled: Part = [points.flat()];
  return grow === 0 ? [filled] : [filled, ...thickLine([...points, ...points.slice(0, 1)], grow)];
}

/** A line through points: a rectangle for each stretch and a disc at each point. */
function thickLine(points: FreehandMark['points'], half: number): Shape {
  const parts: Part[] = points.map(([x, y]) => [disc(x, y, half, JOIN)]);
  points.slice(1).forEach(([x1, y1], i) => {
    const [x0, y0] = points[i] ?? [x1, y1];
    const [dx, dy] = [x1 - x0, y1 - y0];
    const length = Math.sqrt(dx * dx + dy * dy);
    if (length === 0) return;
    const [nx, ny] = [(-dy / length) * half, (dx / length) * half];
    parts.push([[x0 + nx, y0 + ny, x1 + nx, y1 + ny, x1 - nx, y1 - ny, x0 - nx, y0 - ny].map(snap)]);
  });
  return parts;
}

/** How wide and high a text is, in pixels. */
export function textSize(mark: Pick<TextMark, 'text' | 'size'>, image: Extent): readonly [number, number] {
  const dot = pixels(mark.size, image) / GLYPH.capital;
  const lines = mark.text.split('\n').map((line) => glyphsOf(line).length);
  const longest = lines.reduce((a, b) => Math.max(a, b), 0);
  return [Math.max(0, longest * GLYPH.advance - 1) * dot, ((lines.length - 1) * GLYPH.line + GLYPH.capital) * dot];
}

/** The dots of a text, those above one another as one rectangle. Without a halo's growth they only touch, and are one part. */
function dots(mark: TextMark, image: Extent, grow: number): Shape {
  const dot = pixels(mark.size, image) / GLYPH.capital;
  const contours: Contour[] = [];
  mark.text.split('\n').forEach((line, row) => {
    glyphsOf(line).forEach((columns, i) => {
      columns.forEach((bits, c) => {
        const left = mark.x + (i * GLYPH.advance + c) * dot;
        for (const [from, to] of runs(bits)) {
          const top = mark.y + (row * GLYPH.line + from) * dot;
          const bottom = mark.y + (row * GLYPH.line + to) * dot;
          contours.push(rectangle({ x0: left - grow, y0: top - grow, x1: left + dot + grow, y1: bottom + grow }));
        }
      });
    });
  });
  if (contours.length === 0) return [];
  return grow === 0 ? [contours] : contours.map((c) => [c]);
}

/** Runs of set bits, the lowest first: from, and one beyond the last. */
function runs(bits: number): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (let from = 0; from < 8; from++) {
    if (((bits >> from) & 1) === 0) continue;
    let to = from + 1;
    while (((bits >> to) & 1) === 1) to++;
    found.push([from, to]);
    from = to;
  }
  return found;
}
