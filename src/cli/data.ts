import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError, orThrow } from '../core/fault.ts';
import { builtinPromptSets, findPromptSet, promptSetNamed } from '../core/prompts/builtin.ts';
import { LOOKALIKE } from '../core/prompts/default.ts';
import { matchShots, shotImages } from '../core/prompts/few-shot.ts';
import { readPromptFile } from '../core/prompts/file.ts';
import { usualParaphrases } from '../core/prompts/paraphrase.ts';
import type { PromptSet } from '../core/prompts/types.ts';
import { checkImages } from '../app/check-images.ts';
import { readBenchmarkFolder, readBenchmarkQuestions } from '../app/read-benchmark.ts';
import { sha256 } from '../store/hash.ts';
import { servedFiles } from '../files/served.ts';
import { benchmarkLines } from './benchmark-lines.ts';
import type { EvaluateRequest } from './evaluate-types.ts';
import { progressOf } from './progress.ts';
import type { Report, ServedFolder } from './types.ts';

/**
 * Reads the benchmark that the command line serves, and reports what is wrong with it.
 * @throws FaultError when nothing of it can run
 */
export async function readServedBenchmark(
  folder: ServedFolder,
  report: Report,
  signal: AbortSignal,
): Promise<{ benchmark: Benchmark; image: (sha256: string) => Promise<Blob | null> }> {
  const entries = await servedFiles(folder.base);
  const says = (what: string, done: number, total: number): void =>
    report(progressOf({ what: `${what}: ${done} of ${total}`, unit: 'images', done: 0, total: 0 }));
  const { benchmark, nothing, images } = await readBenchmarkFolder(folder.name, entries, { says, signal });
  tell(benchmark, report);
  if (nothing) throw new FaultError(nothing);
  return { benchmark, image: async (hash) => (await images.get(hash)?.blob()) ?? null };
}

/** Reads the questions only, for an import. */
export async function readServedQuestions(folder: ServedFolder, report: Report): Promise<Benchmark> {
  const benchmark = await readBenchmarkQuestions(folder.name, await servedFiles(folder.base));
  tell(benchmark, report);
  return benchmark;
}

function tell(benchmark: Benchmark, report: Report): void {
  for (const text of benchmarkLines(benchmark)) report({ type: 'message', text });
}

/**
 * The prompt set that is asked for. Of a file with several sets (the official layout with its per-model
 * variants) the first is taken where none is named, which there is the default wording.
 * @throws FaultError 'bad-argument' for an unknown name, 'bad-prompt' for a file that is no prompt set
 */
export function choosePrompts(prompts: EvaluateRequest['prompts']): PromptSet {
  return prompts.kind === 'default' ? LOOKALIKE : prompts.kind === 'named' ? named(prompts.name) : read(prompts);
}

function named(name: string): PromptSet {
  const found = promptSetNamed(name);
  if (found) return found;
  const names = builtinPromptSets().map((set) => set.name);
  throw new FaultError(
    fault('bad-argument', `There is no prompt set ${name}, and no such file. The built-in sets: ${names.join(', ')}.`),
  );
}

function readAll(name: string, text: string): readonly PromptSet[] {
  return orThrow(readPromptFile(name, text));
}

function read({ name, text, set }: Extract<EvaluateRequest['prompts'], { kind: 'file' }>): PromptSet {
  const sets = readAll(name, text);
  const chosen = set === null ? sets[0] : (findPromptSet(sets, set) ?? findPromptSet(sets, `${name}: ${set}`));
  if (chosen) return chosen;
  const names = sets.map((s) => s.name).join(', ');
  throw new FaultError(fault('bad-prompt', `${name} holds no prompt set ${set ?? ''}. It holds: ${names}.`));
}

/**
 * The sets whose words methods under `+paraphrase` ask in.
 * @throws FaultError 'bad-argument' for an unknown name, 'bad-prompt' for a file that is no prompt set
 */
export function chooseWords(promptSet: PromptSet, wanted: EvaluateRequest['paraphrases']): readonly PromptSet[] {
  if (wanted.kind === 'usual') return usualParaphrases(promptSet);
  return wanted.kind === 'file' ? readAll(wanted.name, wanted.text) : wanted.names.map(named);
}

/**
 * The images that a few-shot prompt set shows, found by file name in the folder of the user's own.
 * @returns names to hashes (null: the set shows none) and the images by hash
 * @throws FaultError 'bad-prompt' naming every image that is not there, or one that cannot be decoded
 */
export async function readShots(
  set: PromptSet,
  folder: ServedFolder | null,
): Promise<{ names: Readonly<Record<string, string>> | null; images: ReadonlyMap<string, Blob> }> {
  const wanted = shotImages(set);
  const images = new Map<string, Blob>();
  if (wanted.length === 0) return { names: null, images };
  const entries = folder ? await servedFiles(folder.base) : [];
  const names = matchShots(
    wanted,
    entries.map((e) => e.path),
  );
  const found = wanted.map((name) => ({ name, entry: entries[names.indexOf(name)] }));
  const missing = found.filter((f) => !f.entry).map((f) => f.name);
  if (missing.length > 0)
    throw new FaultError(
      fault(
        'bad-prompt',
        `The prompt set ${set.name} shows images that are not there: ${missing.join(', ')}. Name their folder with --shots DIR.`,
      ),
    );
  const hashes: Record<string, string> = {};
  for (const { name, entry } of found) {
    if (!entry) continue;
    const blob = await entry.blob();
    const [unreadable] = await checkImages([blob]);
    if (unreadable) throw new FaultError(fault('bad-prompt', `--shots: ${entry.path}: ${unreadable.message}`));
    const hash = await sha256(await blob.arrayBuffer());
    hashes[name] = hash;
    images.set(hash, blob);
  }
  return { names: hashes, images };
}
