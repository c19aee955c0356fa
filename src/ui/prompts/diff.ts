/** A stretch of text that both sides have, or that only one has. */
export interface Piece {
  readonly text: string;
  readonly same: boolean;
}
export interface Difference {
  readonly left: readonly Piece[];
  readonly right: readonly Piece[];
}

/** Words, runs of blanks, and line ends, each by itself. */
const TOKEN = /\n|[^\S\n]+|\S+/g;
/** Beyond this many comparisons two texts are not laid beside each other: prompts are far shorter. */
const MOST = 4_000_000;

/** Two texts word by word: what they share in order (a longest common subsequence), and what they do not. */
export function differ(left: string, right: string): Difference {
  const a: readonly string[] = left.match(TOKEN) ?? [];
  const b: readonly string[] = right.match(TOKEN) ?? [];
  const { inA, inB } = shared(a, b);
  return { left: pieces(a, inA), right: pieces(b, inB) };
}

/** Which tokens of each side are of the common subsequence. */
function shared(
  a: readonly string[],
  b: readonly string[],
): { readonly inA: ReadonlySet<number>; readonly inB: ReadonlySet<number> } {
  const inA = new Set<number>();
  const inB = new Set<number>();
  if (a.length * b.length > MOST) return { inA, inB };
  const width = b.length + 1;
  // longest[i * width + j]: length of the longest common subsequence of a from i and b from j.
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) {
      inA.add(i++);
      inB.add(j++);
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return { inA, inB };
}

/** Neighbours of one kind as one piece. */
function pieces(tokens: readonly string[], same: ReadonlySet<number>): readonly Piece[] {
  const out: Piece[] = [];
  for (const [i, text] of tokens.entries()) {
    const last = out.at(-1);
    if (last && last.same === same.has(i)) out[out.length - 1] = { text: last.text + text, same: last.same };
    else out.push({ text, same: same.has(i) });
  }
  return out;
}
