import type { ImageIndex, Letter } from '../benchmark/types.ts';
import { cellCorners, type CellFill } from '../images/changes/change.ts';
import type { Corners } from '../images/marks/mark.ts';
import type { Extent } from '../images/marks/shapes.ts';

/** Where a model looks when it answers one question: what hiding each cell does to log p(A) - log p(B). */
export interface OcclusionMap {
  readonly pair: string;
  readonly image: ImageIndex;
  readonly imageSha256: string;
  readonly method: string;
  readonly right: Letter;
  readonly grid: number;
  readonly fill: CellFill;
  /** Scores of both options with the whole image. */
  readonly plain: Readonly<Record<Letter, number>>;
  /** Row by row: log p(A) - log p(B) with the cell hidden, less the same with the whole image. Above 0 the cell spoke for B. */
  readonly cells: readonly number[];
  /** The same with each marked region hidden. */
  readonly regions: readonly number[];
}

/** log p(A) - log p(B). */
export function difference(scores: Readonly<Record<Letter, number>>): number {
  return scores.A - scores.B;
}

/** The map of the answers to a plan's images. @param answers of the whole image, the cells, and the regions, in the plan's order */
export function occlusionMap(
  head: Omit<OcclusionMap, 'plain' | 'cells' | 'regions'>,
  answers: readonly Readonly<Record<Letter, number>>[],
): OcclusionMap {
  const [plain, ...hidden] = answers;
  if (!plain) throw new RangeError('A map needs the answer to the whole image.');
  const changes = hidden.map((scores) => difference(scores) - difference(plain));
  const cells = head.grid * head.grid;
  return { ...head, plain, cells: changes.slice(0, cells), regions: changes.slice(cells) };
}

/** The largest absolute change of several maps: the end of the colour scale that they share; 0 where nothing changes. */
export function scaleOf(maps: readonly OcclusionMap[]): number {
  return maps.reduce((most, map) => map.cells.reduce((m, c) => Math.max(m, Math.abs(c)), most), 0);
}

/** What hiding one marked region does to the answer. */
export interface RegionEffect {
  /** log p(A) - log p(B) with the region hidden, less the same with the whole image. */
  readonly change: number;
  /** log p(A) - log p(B) with the region hidden. */
  readonly without: number;
  /** Without the region the model answers otherwise: the region carries the answer. */
  readonly turns: boolean;
}

/** The effects of a map's regions, in the order of the marks that they are of. */
export function regionEffects({ plain, regions }: Pick<OcclusionMap, 'plain' | 'regions'>): readonly RegionEffect[] {
  const whole = difference(plain);
  return regions.map((change) => {
    const without = whole + change;
    return { change, without, turns: Math.sign(without) !== Math.sign(whole) };
  });
}

/** How much of a map lies in a region. */
export interface RegionShare {
  /** Share of the absolute change, each cell's spread evenly over it. */
  readonly change: number;
  /** Share of the image's area. */
  readonly area: number;
}

/**
 * The share of a map's absolute change that lies in a region; null where nothing changes at all, or the region is empty.
 * @param region in pixels of an image of this size
 */
export function shareIn(map: OcclusionMap, region: Corners, image: Extent): RegionShare | null {
  let [inside, all] = [0, 0];
  map.cells.forEach((value, i) => {
    const cell = cellCorners({ grid: map.grid, row: Math.floor(i / map.grid), column: i % map.grid }, image);
    const area = (cell.x1 - cell.x0) * (cell.y1 - cell.y0);
    if (area === 0) return;
    all += Math.abs(value);
    inside += Math.abs(value) * (overlap(cell, region) / area);
  });
  const whole = { x0: 0, y0: 0, x1: image.width, y1: image.height };
  const area = overlap(whole, region) / (image.width * image.height);
  return all === 0 || area === 0 ? null : { change: inside / all, area };
}

function overlap(a: Corners, b: Corners): number {
  const across = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const down = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  return Math.max(0, across) * Math.max(0, down);
}
