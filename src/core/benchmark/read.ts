import { fail, fault, ok, type Fault, type Result } from '../fault.ts';
import { isHidden } from '../hidden.ts';
import { atOnce, type Steps } from '../steps.ts';
import { createChecker } from './check.ts';
import { namedAsReviewed } from './reviewed.ts';
import { imageFinder, tidy, type ImageFinder } from './images.ts';
import { formatRank, isQuestionFile, questionFileNames, readRows } from './formats/registry.ts';
import type {
  Benchmark,
  BenchmarkDraft,
  DraftPair,
  ListedFile,
  Pair,
  PairImage,
  Problem,
  SkippedPair,
} from './types.ts';

/**
 * Finds the question file of a folder: `data/dataset.json` or `.csv` of a checkout, of its `data/`, or of either one folder deeper, as a drop
 * gives it. The shallowest is taken before deeper ones, then the format that comes first in the registry (JSON before CSV).
 * @returns its path as listed
 */
export function findQuestionFile(files: readonly ListedFile[]): Result<string> {
  const depth = (f: ListedFile): number => tidy(f.path).split('/').length;
  const found = files
    .filter((f) => isQuestionFile(tidy(f.path)) && !isHidden(tidy(f.path)))
    .sort(
      (a, b) =>
        depth(a) - depth(b) ||
        folderOf(a.path).localeCompare(folderOf(b.path)) ||
        formatRank(a.path) - formatRank(b.path),
    );
  const [first] = found;
  if (!first) {
    const names = questionFileNames().map((name) => `data/${name}`);
    const message = `The folder holds no ${names.join(' and no ')}. Choose the folder of a benchmark in the MediConfusion layout.`;
    return fail(fault('bad-benchmark', message));
  }
  const rival = found.find((f) => depth(f) === depth(first) && folderOf(f.path) !== folderOf(first.path));
  if (rival) {
    const message = `The folder holds several benchmarks (${first.path}, ${rival.path}). Choose the folder of one.`;
    return fail(fault('bad-benchmark', message));
  }
  return ok(first.path);
}

function folderOf(path: string): string {
  return tidy(path).replace(/[^/]*$/, '');
}

/** UTF-16, which Excel calls "Unicode text", by its mark or by the zeros of its first letters; null for anything else. */
function wideEncoding(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a && b === 0 && c && d === 0) return 'utf-16le';
  return a === 0 && b && c === 0 && d ? 'utf-16be' : null;
}

/** By its mark, or by the zeros of its first letter. */
function isUtf32(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes;
  return (a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0) || (b === 0 && c === 0 && d === 0);
}

/** Without what old programs write behind the end: Ctrl-Z, zeros. */
function whole(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\x1a' || text[end - 1] === '\0') end--;
  return text.slice(0, end);
}

/**
 * Text of a question file's bytes: UTF-8, or UTF-16.
 * @returns a fault that names the line where the bytes are not UTF-8
 */
export function decodeQuestions(path: string, bytes: Uint8Array): Result<string> {
  if (isUtf32(bytes))
    return fail(fault('bad-benchmark', `${path}: this is UTF-32 text. Save the file as UTF-8.`, { path }));
  const wide = wideEncoding(bytes);
  if (wide) return ok(whole(new TextDecoder(wide).decode(bytes)));
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const broken = text.indexOf('\uFFFD');
  if (broken < 0) return ok(whole(text));
  // U+FFFD may also stand in the file itself, which is valid.
  try {
    return ok(whole(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)));
  } catch {
    const line = text.slice(0, broken).split('\n').length;
    return fail(
      fault('bad-benchmark', `${path}, line ${line}: this is not UTF-8 text. Save the file as UTF-8.`, { path, line }),
    );
  }
}

export interface QuestionFile {
  /** Path as listed. */
  readonly path: string;
  readonly text: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
}

/**
 * Reads a benchmark in the MediConfusion layout (arXiv 2409.15477; data/dataset.json of its code) from the listing of its folder. Reports
 * everything that is wrong, with its place; pairs that cannot run are skipped with the reason. Whether the images can be read is not known yet:
 * see `withImages`.
 * @param name name of the chosen folder
 * @returns a fault where the question file cannot be read at all
 */
export function readBenchmark(
  name: string,
  files: readonly ListedFile[],
  questions: QuestionFile,
): Result<BenchmarkDraft> {
  return atOnce(readPairs(name, questions, imageFinder(files, folderOf(questions.path))));
}

/**
 * Reads the questions of a benchmark whose images are not needed: results of another program are scored against them. The images keep their
 * addresses and have no content hash.
 * @param name name of the chosen folder
 */
export function readQuestions(name: string, questions: QuestionFile): Result<Benchmark> {
  return atOnce(questionSteps(name, questions));
}

/** The same in steps. */
export function* questionSteps(name: string, questions: QuestionFile): Steps<Result<Benchmark>> {
  const anywhere: ImageFinder = {
    find: (path, local) => ({ file: local ?? path, looked: [], otherwise: null }),
    size: () => null,
  };
  const read = yield* readPairs(name, questions, anywhere);
  if (!read.ok) return read;
  const { name: title, sha256, pairs, skipped, problems } = read.value;
  return ok({ name: title, sha256, pairs: pairs.map(unread), skipped, problems });
}

function unread({ id, question, options, images, extra }: DraftPair): Pair {
  return { id, question, options, images, extra };
}

/** Pairs that are checked in one step. */
const STEP = 250;

function* readPairs(name: string, questions: QuestionFile, finder: ImageFinder): Steps<Result<BenchmarkDraft>> {
  const rows = readRows(questions.path, questions.text);
  if (!rows.ok) return rows;
  const checker = createChecker(finder);
  const pairs: DraftPair[] = [];
  const skipped: SkippedPair[] = [];
  for (const [i, row] of rows.value.rows.entries()) {
    if (i % STEP === 0) yield;
    const checked = checker.check(row);
    if (checked.pair) pairs.push(checked.pair);
    else skipped.push({ pair: checked.id, reason: checked.reason });
  }
  const problems = [...rows.value.problems, ...checker.problems()];
  if (rows.value.rows.length === 0) problems.push(emptyFile(questions.path));
  const images = [...new Set(pairs.flatMap((p) => p.files))];
  const { path, sha256 } = questions;
  const named = namedAsReviewed(benchmarkName(name, folderOf(path)), pairs);
  return ok({ name: named, sha256, pairs, skipped, problems, images });
}

function emptyFile(path: string): Problem {
  return { pair: null, place: path, message: 'The file holds no pair.', severity: 'error' };
}

/** The folder above `data/` where the choice was one folder too high, else the chosen folder. */
function benchmarkName(name: string, base: string): string {
  const above = base.split('/').filter((x) => x !== '' && x !== 'data');
  return above.at(-1) ?? name;
}

/** What became of an image file: its content's SHA-256 (hex), or why it cannot be shown to a model. */
export type ImageState = { readonly sha256: string } | { readonly unreadable: string };

/**
 * Completes a benchmark once its images were read: unreadable ones are problems, and their pairs are skipped.
 * @param images for every path of `draft.images`; one that is missing counts as unreadable
 */
export function withImages(draft: BenchmarkDraft, images: ReadonlyMap<string, ImageState>): Benchmark {
  const problems: Problem[] = [...draft.problems];
  const skipped: SkippedPair[] = [...draft.skipped];
  const pairs: Pair[] = [];
  for (const pair of draft.pairs) {
    const states = pair.files.map((f): ImageState => images.get(f) ?? { unreadable: 'It was not read.' });
    const bad: Problem[] = states.flatMap((state, i) => {
      if ('sha256' in state) return [];
      const file = pair.files[i] ?? '';
      const message = `Image ${i + 1} cannot be read: ${state.unreadable}`;
      return [{ pair: pair.id, place: file, message, severity: 'error' }];
    });
    const [one, two] = states;
    if (bad.length === 0 && one && two && 'sha256' in one && 'sha256' in two) {
      pairs.push(finished(pair, one.sha256, two.sha256));
      if (one.sha256 === two.sha256) problems.push(sameContent(pair));
    } else {
      problems.push(...bad);
      skipped.push({ pair: pair.id, reason: bad.map((p) => `${p.place}: ${p.message}`).join(' ') });
    }
  }
  return { name: draft.name, sha256: draft.sha256, pairs, skipped, problems };
}

function finished({ id, question, options, images, extra }: DraftPair, one: string, two: string): Pair {
  const image = (i: PairImage, sha256: string): PairImage => ({ ...i, sha256 });
  return { id, question, options, images: [image(images[0], one), image(images[1], two)], extra };
}

function sameContent(pair: DraftPair): Problem {
  const message = `Both images have the same content (${pair.files.join(', ')}): no model can tell them apart.`;
  return { pair: pair.id, place: pair.files[1], message, severity: 'warning' };
}

/** The fault to show where a benchmark holds nothing that can run; null where something can. */
export function nothingRuns(benchmark: Pick<Benchmark, 'name' | 'pairs' | 'skipped' | 'problems'>): Fault | null {
  if (benchmark.pairs.length > 0) return null;
  const errors = benchmark.problems.filter((p) => p.severity === 'error');
  const [first] = errors;
  const noImages = errors.length > 0 && errors.every((p) => p.message.includes('is missing: there is no '));
  const hint = noImages
    ? ' None of its images is there: put them into data/images beside the question file, or choose the folder that has both.'
    : '';
  const why = first ? ` The first of ${errors.length} errors: ${first.place}: ${first.message}${hint}` : '';
  return fault('bad-benchmark', `Nothing of the benchmark ${benchmark.name} can run.${why}`, {
    skipped: benchmark.skipped.length,
  });
}
