import * as v from 'valibot';
import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError } from '../core/fault.ts';
import { LOOKALIKE } from '../core/prompts/default.ts';
import type { PromptSet } from '../core/prompts/types.ts';
import { canonicalJson } from '../core/results/canonical.ts';
import { readBenchmarkFolder, readBenchmarkQuestions, type FolderEntry } from '../run/read-benchmark.ts';
import { sha256 } from '../store/hash.ts';
import { promptSet } from '../store/rows.ts';
import { openServed } from './served.ts';
import type { DriveEvent, DriveRequest, ServedFolder } from './types.ts';

/** Prompt sets that have a name on the command line. */
const NAMED: readonly PromptSet[] = [LOOKALIKE];

/**
 * Reads the benchmark that the command line serves, and reports what is wrong with it.
 * @throws FaultError when nothing of it can run
 */
export async function readServedBenchmark(
  folder: ServedFolder,
  report: (event: DriveEvent) => void,
  signal: AbortSignal,
): Promise<{ benchmark: Benchmark; image: (sha256: string) => Promise<Blob | null> }> {
  const entries = await servedEntries(folder);
  const nothingYet = { done: 0, total: 0, failed: 0, rate: null, secondsLeft: null };
  const says = (what: string, done: number, total: number): void =>
    report({ type: 'progress', what: `${what}: ${done} of ${total}`, ...nothingYet });
  const { benchmark, nothing, images } = await readBenchmarkFolder(folder.name, entries, { says, signal });
  tell(benchmark, report);
  if (nothing) throw new FaultError(nothing);
  return { benchmark, image: async (hash) => (await images.get(hash)?.blob()) ?? null };
}

/** Reads the questions only, for an import. */
export async function readServedQuestions(
  folder: ServedFolder,
  report: (event: DriveEvent) => void,
): Promise<Benchmark> {
  const benchmark = await readBenchmarkQuestions(folder.name, await servedEntries(folder));
  tell(benchmark, report);
  return benchmark;
}

async function servedEntries(folder: ServedFolder): Promise<readonly FolderEntry[]> {
  const served = await openServed(folder.base);
  return served.files.map(({ path, size }) => ({ path, size, blob: () => served.blob(path) }));
}

function tell({ name, pairs, problems, skipped }: Benchmark, report: (event: DriveEvent) => void): void {
  report({ type: 'benchmark', name, pairs: pairs.length, problems, skipped });
}

/** The prompt set that is asked for, and the hash that names its content in results. */
export async function choosePrompts(
  prompts: DriveRequest['prompts'],
): Promise<{ promptSet: PromptSet; sha256: string }> {
  const chosen =
    prompts.kind === 'default' ? LOOKALIKE : prompts.kind === 'named' ? named(prompts.name) : readPrompts(prompts);
  return { promptSet: chosen, sha256: await sha256(new TextEncoder().encode(canonicalJson(chosen))) };
}

function named(name: string): PromptSet {
  const found = NAMED.find((set) => set.name === name);
  if (found) return found;
  const names = NAMED.map((set) => set.name).join(', ');
  throw new FaultError(
    fault('bad-argument', `There is no prompt set ${name}, and no such file. The built-in sets: ${names}.`),
  );
}

/** A prompt set as Lookalike writes it: `{name, prompts: {letter, open}, system}`; the name may be left to the file's. */
function readPrompts({ name, text }: { readonly name: string; readonly text: string }): PromptSet {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw badPrompts(name, error instanceof Error ? error.message : 'it is not JSON');
  }
  const given = typeof parsed === 'object' && parsed !== null ? parsed : {};
  const whole: unknown = { name, system: null, ...given };
  const result = v.safeParse(promptSet, whole);
  if (!result.success) {
    const [issue] = result.issues;
    throw badPrompts(name, `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  return result.output;
}

function badPrompts(name: string, why: string): FaultError {
  return new FaultError(
    fault(
      'bad-prompt',
      `The prompt set ${name} cannot be read (${why}). It is a JSON file with prompts.letter and prompts.open, each with {q}, the first with {a} and {b} too.`,
    ),
  );
}
