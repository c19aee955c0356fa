import type { FoundRow } from './select.ts';

/** Two images that were found to be alike to one encoder and apart to the other: what drafting and review begin with. */
export interface FoundPair {
  /** Paths in the collection. */
  readonly image1: string;
  readonly image2: string;
  readonly sha256: readonly [string, string];
  readonly captions: readonly [string | null, string | null];
  readonly categories: readonly [string | null, string | null];
  readonly simMed: number;
  readonly simGen: number;
}

export interface PairImage {
  readonly path: string;
  readonly sha256: string;
  readonly caption: string | null;
  readonly category: string | null;
}

/** A found row with what is known of its images. */
export function foundPair({ first, second, med, gen }: FoundRow, images: readonly PairImage[]): FoundPair | null {
  const [a, b] = [images[first], images[second]];
  if (!a || !b) return null;
  return {
    image1: a.path,
    image2: b.path,
    sha256: [a.sha256, b.sha256],
    captions: [a.caption, b.caption],
    categories: [a.category, b.category],
    simMed: med,
    simGen: gen,
  };
}

export const PAIRS_HEADER = 'image_1,image_2,sim_med,sim_gen,caption_length_1,caption_length_2';

/** A cell, quoted where it must be; one that a spreadsheet would take for a formula gets an apostrophe. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/** One line of pairs.csv, without its end. Similarities have seven digits: as many as float32 holds. */
export function pairLine(pair: FoundPair): string {
  const lengths = pair.captions.map((c) => String([...(c ?? '')].length));
  return [cell(pair.image1), cell(pair.image2), pair.simMed.toFixed(7), pair.simGen.toFixed(7), ...lengths].join(',');
}

/** images.csv: which row of med.npy and gen.npy is which image. */
export function imagesCsv(images: readonly PairImage[]): string {
  const lines = images.map((i, row) =>
    [String(row), cell(i.path), i.sha256, cell(i.category ?? ''), cell(i.caption ?? '')].join(','),
  );
  return `${['row,image,sha256,category,caption', ...lines].join('\n')}\n`;
}
