/** What a pair of images must be to be found (paper, section 2): alike to the medical encoder, apart to the general one. */
export interface Thresholds {
  readonly med: number;
  readonly gen: number;
}
export const PAPER_THRESHOLDS: Thresholds = { med: 0.9, gen: 0.75 };

export const ORDERS = ['gap', 'med', 'chance'] as const;
/** How pairs are sorted: by gap (sim_med - sim_gen), by sim_med, or by chance from a seed, as the paper drew them. */
export type Order = (typeof ORDERS)[number];

export const DROP_REASONS = [
  'same-image',
  'near-duplicate',
  'same-figure',
  'same-caption',
  'short-caption',
  'other-category',
  'cap',
] as const;
/** Why a found pair is left out; where several reasons hold, the first of this list counts. */
export type DropReason = (typeof DROP_REASONS)[number];

/** Facts about images, by row; a group number is the same for images that share something, -1 for those with nothing to share. */
export interface ImageFacts {
  readonly content: Int32Array;
  readonly figure: Int32Array;
  readonly caption: Int32Array;
  readonly captionLength: Int32Array;
  readonly category: Int32Array;
}

export interface Filters {
  /** Leave out pairs of one and the same file. */
  readonly sameImage: boolean;
  /** Leave out pairs that both encoders take for at least this similar; null: none. */
  readonly nearDuplicate: number | null;
  readonly sameFigure: boolean;
  readonly sameCaption: boolean;
  /** Shortest caption, in characters, of both images; 0: any. */
  readonly minCaption: number;
  /** Only pairs within one category. */
  readonly sameCategory: boolean;
  /** Most pairs that one image may be in, taken in the order asked for; null: any number. */
  readonly cap: number | null;
}
export const NO_FILTERS: Filters = {
  sameImage: true,
  nearDuplicate: null,
  sameFigure: false,
  sameCaption: false,
  minCaption: 0,
  sameCategory: false,
  cap: null,
};

export interface SelectRequest {
  readonly thresholds: Thresholds;
  readonly order: Order;
  readonly seed: number;
  readonly filters: Filters;
  readonly facts: ImageFacts | null;
}

/** A pair that was found: rows of the collection, first < second. */
export interface FoundRow {
  readonly first: number;
  readonly second: number;
  readonly med: number;
  readonly gen: number;
}

export interface Selection {
  /** Pairs within the thresholds. */
  readonly found: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Pairs that no filter leaves out. */
  readonly left: number;
  /** Distinct images among the pairs that are left, and the most pairs of one. */
  readonly images: number;
  readonly mostOfOne: number;
}

export interface Columns {
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  readonly med: Float32Array;
  readonly gen: Float32Array;
}

/**
 * Sorts found pairs and leaves out what the filters say. Pairs of equal rank stand in the order of their images, so that the result is one and the same.
 * @returns the numbers, and in `kept` the places of the pairs that are left, in order
 */
export function selectPairs(columns: Columns, request: SelectRequest): Selection & { readonly kept: Uint32Array } {
  const dropped = noneDropped();
  const within: number[] = [];
  const reason = reasonFor(columns, request);
  let found = 0;
  // As NumPy compares: the thresholds as float32.
  const med = Math.fround(request.thresholds.med);
  const gen = Math.fround(request.thresholds.gen);
  for (let p = 0; p < columns.first.length; p++) {
    if (!((columns.med[p] as number) >= med && (columns.gen[p] as number) <= gen)) continue;
    found++;
    const why = reason(p);
    if (why === null) within.push(p);
    else dropped[why]++;
  }
  const ranked = rank(within, columns, request);
  const { kept, perImage } = capped(ranked, columns, request.filters.cap);
  dropped.cap = ranked.length - kept.length;
  const counts = [...perImage.values()];
  const mostOfOne = counts.reduce((a, b) => Math.max(a, b), 0);
  return { found, dropped, left: kept.length, images: counts.length, mostOfOne, kept };
}

export function rowAt(columns: Columns, p: number): FoundRow {
  return {
    first: columns.first[p] ?? 0,
    second: columns.second[p] ?? 0,
    med: columns.med[p] ?? 0,
    gen: columns.gen[p] ?? 0,
  };
}

function noneDropped(): Record<DropReason, number> {
  return {
    'same-image': 0,
    'near-duplicate': 0,
    'same-figure': 0,
    'same-caption': 0,
    'short-caption': 0,
    'other-category': 0,
    cap: 0,
  };
}

function reasonFor(
  { first, second, med, gen }: Columns,
  { filters, facts }: SelectRequest,
): (p: number) => DropReason | null {
  const same = (group: Int32Array, p: number): boolean => {
    const a = group[first[p] as number] as number;
    return a >= 0 && a === group[second[p] as number];
  };
  const near = filters.nearDuplicate;
  return (p) => {
    if (facts && filters.sameImage && same(facts.content, p)) return 'same-image';
    if (near !== null && (med[p] as number) >= near && (gen[p] as number) >= near) return 'near-duplicate';
    if (!facts) return null;
    if (filters.sameFigure && same(facts.figure, p)) return 'same-figure';
    if (filters.sameCaption && same(facts.caption, p)) return 'same-caption';
    const lengths = facts.captionLength;
    if (Math.min(lengths[first[p] as number] as number, lengths[second[p] as number] as number) < filters.minCaption)
      return 'short-caption';
    return filters.sameCategory && !same(facts.category, p) ? 'other-category' : null;
  };
}

/** The pairs in the order asked for. */
function rank(pairs: readonly number[], columns: Columns, { order, seed }: SelectRequest): Uint32Array {
  const { first, second, med, gen } = columns;
  const ranked = Uint32Array.from(pairs);
  const key = new Float64Array(columns.first.length);
  for (const p of ranked) {
    const chance = order === 'chance' ? chanceOf(seed, first[p] as number, second[p] as number) : 0;
    key[p] = order === 'gap' ? (med[p] as number) - (gen[p] as number) : order === 'med' ? (med[p] as number) : chance;
  }
  return ranked.sort(
    (a, b) =>
      (key[b] as number) - (key[a] as number) ||
      (first[a] as number) - (first[b] as number) ||
      (second[a] as number) - (second[b] as number),
  );
}

/** Goes through the ranked pairs and leaves out those of which an image has had its number. */
function capped(ranked: Uint32Array, { first, second }: Columns, cap: number | null) {
  const perImage = new Map<number, number>();
  const kept = ranked.filter((p) => {
    const a = first[p] as number;
    const b = second[p] as number;
    const [na, nb] = [perImage.get(a) ?? 0, perImage.get(b) ?? 0];
    if (cap !== null && (na >= cap || nb >= cap)) return false;
    perImage.set(a, na + 1);
    perImage.set(b, nb + 1);
    return true;
  });
  return { kept, perImage };
}

/**
 * A number of [0, 1) that a seed gives a pair: the pairs with the largest are a random sample, whatever the order in which they were found.
 * (MurmurHash3's finaliser, twice.)
 */
export function chanceOf(seed: number, first: number, second: number): number {
  const mix = (h: number): number => {
    let x = h ^ (h >>> 16);
    x = Math.imul(x, 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) >>> 0;
  };
  const high = mix(mix((seed ^ first) >>> 0) ^ Math.imul(second, 0x9e3779b1));
  const low = mix(high ^ 0x5bd1e995);
  return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
}
