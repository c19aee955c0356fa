import { parseJson } from '../benchmark/nodes.ts';
import type { Benchmark, Problem } from '../benchmark/types.ts';
import { fault, type Fault } from '../fault.ts';
import { methodName } from '../methods/labels.ts';
import { orderMethods } from '../methods/registry.ts';
import type { ResultRecord } from '../records/record.ts';
import { atOnce, type Steps } from '../steps.ts';
import { officialSteps, type OfficialImport } from './import.ts';

/** A file as it was brought. */
export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** Official files of one model (one key): a run whose methods are those of the files. */
export interface OfficialRun {
  readonly key: string;
  /** In the order of their methods. */
  readonly files: readonly { readonly name: string; readonly imported: OfficialImport }[];
  readonly methods: readonly string[];
  readonly records: readonly ResultRecord[];
  /** Of all files; each place names its file. */
  readonly problems: readonly Problem[];
}

export interface OfficialFiles {
  /** One for each key, in the order in which keys first appear. */
  readonly runs: readonly OfficialRun[];
  /** Files that cannot be read at all, or hold a method that another file holds; each sentence names its file. */
  readonly faults: readonly Fault[];
}

/** Reads several official result files against one benchmark; files of one key become one run. */
export function readOfficialFiles(files: readonly TextFile[], benchmark: Benchmark): OfficialFiles {
  return atOnce(officialFilesSteps(files, benchmark));
}

/** The same in steps. */
export function* officialFilesSteps(files: readonly TextFile[], benchmark: Benchmark): Steps<OfficialFiles> {
  const byKey = new Map<string, OfficialRun['files'][number][]>();
  const faults: Fault[] = [];
  for (const { name, text } of files) {
    const read = yield* officialSteps(name, text, benchmark);
    if (!read.ok) {
      faults.push(read.fault);
      continue;
    }
    const imported = read.value;
    const same = byKey.get(imported.key) ?? [];
    const twin = same.find((f) => f.imported.method === imported.method);
    if (twin) faults.push(heldTwice(name, twin.name, imported));
    else byKey.set(imported.key, [...same, { name, imported }]);
  }
  return { runs: [...byKey].map(([key, read]) => runOf(key, read)), faults };
}

function heldTwice(name: string, other: string, { key, method }: OfficialImport): Fault {
  const message = `${name} holds ${methodName(method)} of ${key}, and so does ${other === name ? 'another file of that name' : other}. Bring one of the two.`;
  return fault('bad-argument', message, { file: name });
}

function runOf(key: string, read: OfficialRun['files']): OfficialRun {
  const methods = orderMethods(read.map((f) => f.imported.method));
  const files = methods.flatMap((m) => read.filter((f) => f.imported.method === m));
  return {
    key,
    files,
    methods,
    records: files.flatMap((f) => f.imported.records),
    problems: files.flatMap((f) => f.imported.problems),
  };
}

/** Ids of the pairs that official files answer; none of a file that is no JSON object. */
export function officialIds(files: readonly TextFile[]): readonly string[] {
  const ids = files.flatMap(({ text }) => {
    const parsed = parseJson(text);
    return parsed.ok && parsed.root.kind === 'object' ? parsed.root.members.map((m) => m.key) : [];
  });
  return [...new Set(ids)];
}

/**
 * The benchmark that answers belong to: the one that knows most of their pairs, and of several the one with the fewest others.
 * @returns null where none knows any; of equals the first
 */
export function bestFit<B extends { readonly benchmark: Pick<Benchmark, 'pairs' | 'skipped'> }>(
  ids: readonly string[],
  benchmarks: readonly B[],
): B | null {
  let best: { readonly of: B; readonly known: number; readonly others: number } | null = null;
  for (const of of benchmarks) {
    const { pairs, skipped } = of.benchmark;
    const all = new Set([...pairs.map((p) => p.id), ...skipped.map((s) => s.pair)]);
    const known = ids.filter((id) => all.has(id)).length;
    const others = all.size - known;
    if (known > 0 && (!best || known > best.known || (known === best.known && others < best.others)))
      best = { of, known, others };
  }
  return best?.of ?? null;
}
