import type { FoundPairs } from '../app/find-pairs.ts';
import { npyHeader, type Matrix } from '../core/discovery/npy.ts';
import { foundPair, imagesCsv, pairLine, PAIRS_HEADER } from '../core/discovery/pairs-csv.ts';
import type { Selection } from '../core/discovery/select.ts';
import { DEFAULT_PIXEL_POLICY } from '../core/images/types.ts';
import { VERSION } from '../core/version.ts';
import type { FindPairsCliRequest } from './find-pairs.ts';
import type { OutFile, Report } from './types.ts';

const LINES_AT_ONCE = 20_000;

/** Writes the chosen pairs line by line: there may be millions. */
export async function writePairs({ search, images }: FoundPairs, chosen: number, report: Report): Promise<void> {
  report({ type: 'files', files: [{ path: 'pairs.csv', text: `${PAIRS_HEADER}\n` }] });
  for (let from = 0; from < chosen; from += LINES_AT_ONCE) {
    const rows = await search.page(from, Math.min(LINES_AT_ONCE, chosen - from));
    const lines = rows.flatMap((row) => {
      const pair = foundPair(row, images);
      return pair ? [pairLine(pair)] : [];
    });
    report({ type: 'append', path: 'pairs.csv', lines });
  }
}

/** What is written when all is done. */
export function filesOf({ embeddings }: FindPairsCliRequest, found: FoundPairs, summary: unknown): OutFile[] {
  const files: OutFile[] = [
    { path: 'summary.json', text: `${JSON.stringify(summary, null, 2)}\n` },
    { path: 'images.csv', text: imagesCsv(found.images) },
  ];
  // Embeddings that were given lie where they were.
  if (embeddings === null) files.push(npy('med.npy', found.med), npy('gen.npy', found.gen));
  return files;
}

function npy(path: string, { rows, columns, data }: Matrix): OutFile {
  const header = npyHeader(rows, columns);
  const bytes = new Uint8Array(header.length + data.byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length);
  return { path, bytes };
}

interface SummaryFacts {
  readonly problems: readonly { place: string; message: string }[];
  readonly chosen: number;
  readonly images: number;
  readonly readSeconds: number;
}

/** summary.json. */
export function summaryOf(request: FindPairsCliRequest, found: FoundPairs, selection: Selection, facts: SummaryFacts) {
  const { search, encoders, seconds } = found;
  return {
    format: 'lookalike-pairs/1',
    lookalike: VERSION,
    command: request.command,
    collection: request.collection?.name ?? null,
    images: facts.images,
    imagesCompared: found.images.length,
    thresholds: request.thresholds,
    pairsCompared: search.pairs,
    candidates: search.candidates,
    found: selection.found,
    dropped: selection.dropped,
    left: selection.left,
    chosen: facts.chosen,
    imagesInPairs: selection.images,
    mostPairsOfOneImage: selection.mostOfOne,
    order: request.sample === null ? 'gap' : 'chance',
    sample: request.sample,
    seed: request.seed,
    cap: request.cap,
    minCaption: request.minCaption,
    pixels: DEFAULT_PIXEL_POLICY,
    encoders,
    seconds: { read: facts.readSeconds, ...seconds },
    problems: facts.problems,
  };
}
