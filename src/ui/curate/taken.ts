import type { FoundPairs } from '../../app/find-pairs.ts';
import { foundPair, type FoundPair } from '../../core/discovery/pairs-csv.ts';
import type { Selection } from '../../core/discovery/select.ts';

/** Pairs read at a time: there may be millions, and no task of the page is to be long. */
const PIECE = 5000;

export const pairKey = (p: FoundPair): string => `${p.image1}\n${p.image2}`;

/** What is on the page: a search, what filters leave of it, and what was chosen by hand. */
export interface Taking {
  readonly found: FoundPairs | null;
  readonly selection: Selection | null;
  readonly chosen: ReadonlySet<string>;
}

/**
 * All pairs that no filter leaves out, or those that were chosen by hand, in pieces. A change of the thresholds or filters in between begins again.
 * @param of what is made of a piece
 * @param enough whether the pieces so far are all that is wanted
 */
export async function takenPairs<T>(
  page: Taking,
  of: (pairs: readonly FoundPair[]) => T,
  enough: (pieces: readonly T[]) => boolean = () => false,
): Promise<readonly T[]> {
  const { found, selection, chosen } = page;
  const pieces: T[] = [];
  for (let from = 0; found && selection && from < selection.left && !enough(pieces); from += PIECE) {
    const rows = await found.search.page(from, Math.min(PIECE, selection.left - from));
    if (selection !== page.selection) return takenPairs(page, of, enough);
    const pairs = rows.flatMap((row) => foundPair(row, found.images) ?? []);
    pieces.push(of(chosen.size === 0 ? pairs : pairs.filter((p) => chosen.has(pairKey(p)))));
  }
  return pieces;
}
