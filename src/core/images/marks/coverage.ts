import type { Contour, Part, Shape } from './shapes.ts';

/**
 * How much of each pixel a shape covers: the exact area, not a number of samples. Sums of signed trapezoids under each edge, as font rasterisers take them;
 * only the four operations are used, whose results IEEE 754 fixes.
 */

/** An edge inside the image's columns, from top to bottom; `sign` says which way it ran. */
interface Edge {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly sign: 1 | -1;
}
interface Prepared {
  readonly edges: readonly Edge[];
  /** Rows and columns that can be covered: from, and one beyond the last. */
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

/** Far below what 8 bits show and far above what rounding moves: halves go up whichever way the area was summed. */
const NUDGE = 2 ** -20;

/**
 * Calls back for each row that a shape touches.
 * @param row given the row, the coverage of its pixels (0 to 255; valid until the next call), and the columns that can be covered
 */
export function coverRows(
  shape: Shape,
  width: number,
  height: number,
  row: (y: number, alpha: Uint8Array, from: number, to: number) => void,
): void {
  const parts = shape.map((part) => prepare(part, width, height)).filter((p) => p.rows[0] < p.rows[1]);
  const first = parts.reduce((y, p) => Math.min(y, p.rows[0]), height);
  const end = parts.reduce((y, p) => Math.max(y, p.rows[1]), 0);
  const sums = new Float64Array(width + 2);
  const alpha = new Uint8Array(width);
  for (let y = first; y < end; y++) {
    let [from, to] = [width, 0];
    for (const part of parts) {
      if (y < part.rows[0] || y >= part.rows[1]) continue;
      if (to === 0) alpha.fill(0);
      from = Math.min(from, part.columns[0]);
      to = Math.max(to, part.columns[1]);
      for (const edge of part.edges) addEdge(sums, edge, y);
      take(sums, alpha, part.columns);
    }
    if (from < to) row(y, alpha, from, to);
  }
}

/** The sums of a row become coverage, as far as it is more than another part's; the sums are cleared. */
function take(sums: Float64Array, alpha: Uint8Array, [from, to]: readonly [number, number]): void {
  let area = 0;
  for (let x = from; x < to; x++) {
    area += sums[x] ?? 0;
    const covered = Math.min(255, Math.floor(Math.abs(area) * 255 + (0.5 + NUDGE)));
    if (covered > (alpha[x] ?? 0)) alpha[x] = covered;
  }
  sums.fill(0, from, to + 2);
}

function prepare(part: Part, width: number, height: number): Prepared {
  const edges = part.flatMap((contour) => edgesOf(contour, width, height));
  let [top, bottom, left, right] = [height, 0, width, 0];
  for (const e of edges) {
    top = Math.min(top, Math.floor(e.y0));
    bottom = Math.max(bottom, Math.ceil(e.y1));
    left = Math.min(left, Math.floor(Math.min(e.x0, e.x1)));
    right = Math.max(right, Math.ceil(Math.max(e.x0, e.x1)));
  }
  return {
    edges,
    rows: [Math.max(0, top), Math.min(height, bottom)],
    columns: [left, Math.min(width, right)],
  };
}

function edgesOf(contour: Contour, width: number, height: number): readonly Edge[] {
  const n = contour.length;
  const edges: Edge[] = [];
  for (let i = 0; i < n; i += 2) {
    const [x0, y0] = [contour[i] ?? 0, contour[i + 1] ?? 0];
    const [x1, y1] = [contour[(i + 2) % n] ?? 0, contour[(i + 3) % n] ?? 0];
    if (y0 === y1) continue;
    const edge: Edge = y0 < y1 ? { x0, y0, x1, y1, sign: 1 } : { x0: x1, y0: y1, x1: x0, y1: y0, sign: -1 };
    if (edge.y1 <= 0 || edge.y0 >= height) continue;
    edges.push(...withinColumns(edge, width));
  }
  return edges;
}

/** What lies left of the image covers its rows from the first column on; what lies right of it covers nothing. Both are moved to the border. */
function withinColumns(edge: Edge, width: number): readonly Edge[] {
  const cuts = [0, width]
    .filter((x) => (edge.x0 - x) * (edge.x1 - x) < 0)
    .map((x) => edge.y0 + ((x - edge.x0) * (edge.y1 - edge.y0)) / (edge.x1 - edge.x0))
    .sort((a, b) => a - b);
  const ys = [edge.y0, ...cuts, edge.y1];
  const inside = (x: number): number => Math.min(width, Math.max(0, x));
  return ys.slice(1).map((y1, i) => {
    const y0 = ys[i] ?? y1;
    return { x0: inside(xAt(edge, y0)), y0, x1: inside(xAt(edge, y1)), y1, sign: edge.sign };
  });
}

function xAt({ x0, y0, x1, y1 }: Edge, y: number): number {
  if (y <= y0) return x0;
  if (y >= y1) return x1;
  return x0 + ((y - y0) * (x1 - x0)) / (y1 - y0);
}

/** Adds what an edge covers in one row: of its own pixel the part right of it, of all further ones everything. */
function addEdge(sums: Float64Array, edge: Edge, row: number): void {
  const top = Math.max(edge.y0, row);
  const bottom = Math.min(edge.y1, row + 1);
  if (top >= bottom) return;
  let [x, y] = [xAt(edge, top), top];
  const end = xAt(edge, bottom);
  const right = end > x;
  const slope = end === x ? 0 : (bottom - top) / (end - x);
  const [x0, y0] = [x, y];
  while (true) {
    // The next border between columns on the way, or the end.
    const column = right ? Math.floor(x) : Math.max(0, Math.ceil(x) - 1);
    const border = right ? column + 1 : column;
    const last = right ? border >= end : border <= end;
    const nextX = last ? end : border;
    const nextY = last ? bottom : y0 + (nextX - x0) * slope;
    add(sums, column, (nextY - y) * edge.sign, (x + nextX) / 2 - column);
    if (last) return;
    [x, y] = [nextX, nextY];
  }
}

/** @param height of the piece, signed. @param left share of the pixel that lies left of it */
function add(sums: Float64Array, column: number, height: number, left: number): void {
  sums[column] = (sums[column] ?? 0) + height * (1 - left);
  sums[column + 1] = (sums[column + 1] ?? 0) + height * left;
}
