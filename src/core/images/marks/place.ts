import { boundsOf, moved, type Corners, type Mark } from './mark.ts';
import { numbersFrom } from '../changes/random.ts';
import { textSize, type Extent } from './shapes.ts';

/** Where marks are shown: as they were drawn, mirrored left to right, or all together somewhere else. */
export type Place =
  { readonly kind: 'own' } | { readonly kind: 'mirrored' } | { readonly kind: 'random'; readonly seed: string };

/** Tries to find a place that does not overlap the marks' own. */
const TRIES = 64;

/** The marks of an image at another place of it. */
export function placed(marks: readonly Mark[], place: Place, image: Extent): readonly Mark[] {
  switch (place.kind) {
    case 'own':
      return marks;
    case 'mirrored':
      return marks.map((m) => mirrored(m, image));
    case 'random':
      return atRandom(marks, place.seed, image);
  }
}

/** A mark on the other side: its place is mirrored; a text stays readable. */
function mirrored(mark: Mark, image: Extent): Mark {
  const w = image.width;
  switch (mark.kind) {
    case 'circle':
    case 'point':
      return { ...mark, x: w - mark.x };
    case 'text':
      return { ...mark, x: w - mark.x - textSize(mark, image)[0] };
    case 'freehand':
      return { ...mark, points: mark.points.map(([x, y]) => [w - x, y] as const) };
    default:
      return { ...mark, x0: w - mark.x0, x1: w - mark.x1 };
  }
}

/** All marks moved by the same way, so that they stay inside the image (as far as they fit) and off their own place where there is room. */
function atRandom(marks: readonly Mark[], seed: string, image: Extent): readonly Mark[] {
  const bounds = marks.map((m) => boundsOf(m, (text) => textSize(text, image)));
  const [first] = bounds;
  if (!first) return marks;
  const all = bounds.reduce(
    (a, b) => ({
      x0: Math.min(a.x0, b.x0),
      y0: Math.min(a.y0, b.y0),
      x1: Math.max(a.x1, b.x1),
      y1: Math.max(a.y1, b.y1),
    }),
    first,
  );
  const next = numbersFrom(seed);
  const along = (from: number, to: number, side: number): number => {
    const room = Math.max(0, Math.floor(side - (to - from)));
    return Math.floor(next() * (room + 1)) - Math.floor(from);
  };
  let move: readonly [number, number] = [0, 0];
  for (let i = 0; i < TRIES; i++) {
    move = [along(all.x0, all.x1, image.width), along(all.y0, all.y1, image.height)];
    if (!overlaps(all, move)) break;
  }
  const [dx, dy] = move;
  return marks.map((m) => moved(m, dx, dy));
}

function overlaps({ x0, y0, x1, y1 }: Corners, [dx, dy]: readonly [number, number]): boolean {
  return Math.abs(dx) <= x1 - x0 && Math.abs(dy) <= y1 - y0;
}
