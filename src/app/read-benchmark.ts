import { spawnPixels } from '../bridge/spawn.ts';
import type { WorkerClient } from '../bridge/worker.ts';
import {
  decodeQuestions,
  findQuestionFile,
  nothingRuns,
  readBenchmark,
  questionSteps,
  withImages,
  type ImageState,
  type QuestionFile,
} from '../core/benchmark/read.ts';
import { withMarks } from '../core/benchmark/marks.ts';
import { MARKS_FILE } from '../core/images/marks/file.ts';
import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError, orThrow, type Fault } from '../core/fault.ts';
import { atOnce, type Steps } from '../core/steps.ts';
import type { SourceFile } from '../files/source.ts';
import type { PixelsApi } from '../protocol/pixels.ts';
import { sha256 } from '../store/hash.ts';

export interface ReadBenchmark {
  readonly benchmark: Benchmark;
  /** What is wrong when nothing of it can run; null where something can. */
  readonly nothing: Fault | null;
  /** The file of each image that a pair uses, by SHA-256. */
  readonly images: ReadonlyMap<string, SourceFile>;
}

export interface ReadOptions {
  readonly says?: (what: string, done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Images in work at once: the worker decodes one while the next is read and hashed. */
const AHEAD = 3;

/**
 * Reads a benchmark folder whole: its questions checked, every image hashed and decoded once. What is wrong is in the benchmark, with its place.
 * @throws FaultError where there is no question file, or it cannot be read at all; 'stopped' when aborted
 */
export async function readBenchmarkFolder(
  name: string,
  files: readonly SourceFile[],
  { says = () => undefined, signal }: ReadOptions = {},
): Promise<ReadBenchmark> {
  const byPath = new Map(files.map((f) => [f.path, f]));
  const questions = await questionFile(files, byPath);
  const draft = orThrow(readBenchmark(name, files, questions));
  const states = await readImages(draft.images, byPath, says, signal);
  const benchmark = withMarks(withImages(draft, states), await markFile(byPath, questions.path));
  const images = new Map<string, SourceFile>();
  for (const [file, state] of states) if ('sha256' in state) images.set(state.sha256, entry(byPath, file));
  return { benchmark, nothing: nothingRuns(benchmark), images };
}

/**
 * The questions of a benchmark folder alone, for results of another program: images are neither needed nor read.
 * @param work runs the steps of it; a page gives itself turns between
 * @throws FaultError where there is no question file, or it cannot be read at all
 */
export async function readBenchmarkQuestions(
  name: string,
  files: readonly SourceFile[],
  work: <T>(steps: Steps<T>) => T | Promise<T> = atOnce,
): Promise<Benchmark> {
  const byPath = new Map(files.map((f) => [f.path, f]));
  return orThrow(await work(questionSteps(name, await questionFile(files, byPath))));
}

async function questionFile(
  files: readonly SourceFile[],
  byPath: ReadonlyMap<string, SourceFile>,
): Promise<QuestionFile> {
  const path = orThrow(findQuestionFile(files));
  const bytes = await (await entry(byPath, path).blob()).arrayBuffer();
  return { path, text: orThrow(decodeQuestions(path, new Uint8Array(bytes))), sha256: await sha256(bytes) };
}

/** The file of marks beside the question file; null where there is none. */
async function markFile(byPath: ReadonlyMap<string, SourceFile>, questions: string): Promise<string | null> {
  const path = `${questions.slice(0, questions.lastIndexOf('/') + 1)}${MARKS_FILE}`;
  const file = byPath.get(path);
  return file ? (await file.blob()).text() : null;
}

function entry(byPath: ReadonlyMap<string, SourceFile>, path: string): SourceFile {
  const found = byPath.get(path);
  if (!found) throw new FaultError(fault('internal', `${path} was found in the listing and is not in it.`));
  return found;
}

/** Hashes and decodes each image once, a few at a time. */
async function readImages(
  paths: readonly string[],
  byPath: ReadonlyMap<string, SourceFile>,
  says: NonNullable<ReadOptions['says']>,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, ImageState>> {
  const states = new Map<string, ImageState>();
  const queue = [...paths];
  const held: { client: WorkerClient<PixelsApi> | null } = { client: null };
  const worker = (): WorkerClient<PixelsApi> => (held.client = held.client?.alive ? held.client : spawnPixels());
  const work = async (): Promise<void> => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      if (signal?.aborted) throw new FaultError(fault('stopped', 'Reading the benchmark was stopped.'));
      states.set(path, await imageState(entry(byPath, path), worker));
      says('Reading images', states.size, paths.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: AHEAD }, work));
  } finally {
    held.client?.kill('the images are read');
  }
  return states;
}

async function imageState(file: SourceFile, worker: () => WorkerClient<PixelsApi>): Promise<ImageState> {
  let blob: Blob;
  try {
    blob = await file.blob();
  } catch (error) {
    return { unreadable: error instanceof Error ? error.message : 'The file cannot be opened.' };
  }
  const [hash, checked] = await Promise.all([blob.arrayBuffer().then(sha256), worker().call((api) => api.check(blob))]);
  return checked.ok ? { sha256: hash } : { unreadable: checked.fault.message };
}
