import type { ImageIndex, Pair } from '../benchmark/types.ts';
import { fault, FaultError } from '../fault.ts';
import type { CellFill } from '../images/changes/change.ts';
import type { Mark } from '../images/marks/mark.ts';
import { fileImage, markedImage, type ImageRef } from '../images/ref.ts';

/** How an image is looked at: which cells are hidden, and how. */
export interface OcclusionSettings {
  /** Cells along each side. */
  readonly grid: number;
  readonly fill: CellFill;
  /** A method that reads likelihoods. */
  readonly method: string;
}
/** Blurred: a grey patch is itself something to see, and in a dark lung it is a finding. */
export const USUAL_OCCLUSION: OcclusionSettings = { grid: 8, fill: 'blur', method: 'gd' };
/** Finer grids cost more encodes than anyone waits for. */
export const LARGEST_GRID = 32;

/** The images that one map asks about: the whole one, each cell hidden (row by row), and each marked region hidden. */
export interface OcclusionPlan {
  readonly pair: string;
  readonly image: ImageIndex;
  readonly plain: ImageRef;
  readonly cells: readonly ImageRef[];
  readonly regions: readonly ImageRef[];
}

/**
 * Decides a map: grid * grid + 1 images, and one more for each region.
 * @param regions marks whose regions are hidden one at a time
 * @throws FaultError 'bad-argument' for a grid that is none, 'not-found' where the image is missing
 */
export function planOcclusion(
  pair: Pair,
  image: ImageIndex,
  { grid, fill }: Pick<OcclusionSettings, 'grid' | 'fill'>,
  regions: readonly Mark[] = [],
): OcclusionPlan {
  if (!Number.isInteger(grid) || grid < 1 || grid > LARGEST_GRID)
    throw new FaultError(
      fault('bad-argument', `The grid must be a whole number from 1 to ${LARGEST_GRID}, not ${grid}.`),
    );
  const { sha256 } = pair.images[image === 1 ? 0 : 1];
  if (sha256 === null)
    throw new FaultError(
      fault('not-found', `Image ${image} of pair ${pair.id} is missing. Bring the benchmark again.`),
    );
  const cells = Array.from({ length: grid * grid }, (_, i) =>
    markedImage(sha256, [{ kind: 'cell', grid, row: Math.floor(i / grid), column: i % grid, fill }]),
  );
  return {
    ...{ pair: pair.id, image, plain: fileImage(sha256), cells },
    regions: regions.map((mark) => markedImage(sha256, [{ kind: 'hide', marks: [mark] }])),
  };
}

/** All images of a plan, the whole one first: so many encodes it costs where nothing is kept. */
export function imagesOfPlan({ plain, cells, regions }: OcclusionPlan): readonly ImageRef[] {
  return [plain, ...cells, ...regions];
}
