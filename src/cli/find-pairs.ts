import { findPairs as find, type FindPairsProgress, type FoundPairs } from '../app/find-pairs.ts';
import type { EncoderPart } from '../core/discovery/encoders.ts';
import { imageFacts } from '../core/discovery/facts.ts';
import { NO_FILTERS, type Selection, type Thresholds } from '../core/discovery/select.ts';
import { filesOf, summaryOf, writePairs } from './pair-files.ts';
import { readInputs } from './pair-inputs.ts';
import { partialVectors } from './partial-vectors.ts';
import type { DriveContext, OutFile, Report, ServedFolder } from './types.ts';

/** A model folder, and what of it embeds images. */
export interface ServedEncoder extends ServedFolder {
  readonly part: EncoderPart;
}

/** Pair discovery as the command line asks for it. */
export interface FindPairsCliRequest {
  /** null: embeddings alone, whose images are named by their rows. */
  readonly collection: ServedFolder | null;
  readonly encoders: { readonly med: ServedEncoder; readonly gen: ServedEncoder } | null;
  /** Folder with med.npy and gen.npy (or Parquet), and perhaps images.csv. */
  readonly embeddings: ServedFolder | null;
  readonly thresholds: Thresholds;
  /** So many pairs drawn by chance; null: all, by gap. */
  readonly sample: number | null;
  readonly seed: number;
  readonly cap: number | null;
  readonly minCaption: number;
  readonly device: 'auto' | 'webgpu' | 'wasm';
  readonly threads: number | 'auto';
  readonly command: string;
  /** The output folder of a run that was stopped. */
  readonly resume: ServedFolder | null;
}

export interface FindPairsOutcome {
  readonly files: readonly OutFile[];
  readonly found: number;
  readonly chosen: number;
  /** Images and captions that something is wrong with. */
  readonly problems: number;
  /** Images that are in no embedding. */
  readonly leftOut: number;
  readonly words: string;
}

const NAMED = 20;
const WHAT = { med: 'Medical encoder', gen: 'General encoder', search: 'Comparing pairs' } as const;

export async function findPairs(
  request: FindPairsCliRequest,
  { control, report }: DriveContext,
): Promise<FindPairsOutcome> {
  const { problems, readSeconds, ...sources } = await readInputs(request, report, control.signal);
  const { images } = sources;
  const found = await find(
    {
      ...sources,
      thresholds: request.thresholds,
      floor: request.thresholds.med,
      margin: 0,
      device: request.device,
      threads: request.threads,
    },
    {
      vectors: await partialVectors(request.resume, report),
      signal: control.signal,
      onProgress: (p) => report(progressEvent(p)),
    },
  );
  try {
    // First what costs an image its place; captions that are missing may be as many as there are images.
    const all = [...found.problems, ...problems];
    tellProblems(all, report);
    const filters = { ...NO_FILTERS, cap: request.cap, minCaption: request.minCaption };
    const { thresholds, seed } = request;
    const order = request.sample === null ? 'gap' : 'chance';
    const selection = await found.search.select({ thresholds, order, seed, filters, facts: imageFacts(found.images) });
    const chosen = Math.min(selection.left, request.sample ?? Infinity);
    await writePairs(found, chosen, report);
    const summary = summaryOf(request, found, selection, { problems: all, chosen, images: images.length, readSeconds });
    return {
      files: filesOf(request, found, summary),
      found: selection.found,
      chosen,
      problems: all.length,
      leftOut: images.length - found.images.length,
      words: wordsOf(found, selection, chosen, request),
    };
  } finally {
    found.search.end();
  }
}

function progressEvent({ what, done, total, rate, secondsLeft }: FindPairsProgress) {
  const unit = what === 'search' ? 'pairs' : 'images';
  return { type: 'progress', what: WHAT[what], unit, done, total, failed: 0, rate, secondsLeft } as const;
}

function tellProblems(problems: readonly { place: string; message: string }[], report: Report): void {
  for (const { place, message } of problems.slice(0, NAMED))
    report({ type: 'message', text: `  ${place}: ${message}` });
  if (problems.length > NAMED)
    report({ type: 'message', text: `  and ${problems.length - NAMED} more (summary.json).` });
}

function wordsOf(found: FoundPairs, selection: Selection, chosen: number, { thresholds }: FindPairsCliRequest): string {
  const { search } = found;
  const dropped = Object.entries(selection.dropped).filter(([, n]) => n > 0);
  return [
    `${found.images.length} images, ${search.pairs} pairs compared, ${search.candidates} with sim_med >= ${thresholds.med}.`,
    `${selection.found} pairs found (sim_gen <= ${thresholds.gen})${dropped.map(([why, n]) => `, ${n} left out (${why})`).join('')}; ${chosen} in pairs.csv.`,
  ].join('\n');
}
