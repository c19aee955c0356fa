import { fail, fault, ok, type Result } from '../fault.ts';
import { PUBLISHED_READING } from '../methods/reading.ts';
import type { RunInfo } from '../records/run-info.ts';
import { change, entriesText, hadDevice, type Change } from '../records/same-run.ts';
import type { Pair } from '../benchmark/types.ts';
import { canonicalJson } from './canonical.ts';
import { firstDifference } from './merge-records.ts';
import type { Part } from './merge.ts';

/**
 * Whether results are parts of one run: the same model files, benchmark, prompts, methods, dtype, kind of device, scoring version and pixel policy. Adapters,
 * threads and library versions may differ, for each part has its own certificate; merging says so.
 * @returns a fault naming everything that differs, and in which folder
 */
export function belongTogether(parts: readonly Part[]): Result<null> {
  const [first, ...others] = parts;
  if (!first || others.length === 0)
    return fail(fault('bad-argument', 'Name at least two results folders to merge: A B --out DIR.'));
  const empty = parts.find((p) => p.records.length === 0);
  if (empty) return fail(fault('bad-argument', `${empty.name} holds no records: leave it out.`));
  const refused = others.flatMap((other) => {
    const changes = differences(first, other);
    if (changes.length === 0) return [];
    const words = changes.map((c) => `${c.what}: ${first.name} has ${c.before}, ${other.name} has ${c.now}`);
    return [{ words: words.join('; '), what: changes[0]?.what ?? '' }];
  });
  const [worst] = refused;
  if (!worst) return ok(null);
  const message = `These results do not belong together: ${refused.map((r) => r.words).join('; ')}.`;
  return fail(fault('another-run', message, { what: worst.what }));
}

function differences(a: Part, b: Part): readonly Change[] {
  const [x, y] = [a.info, b.info];
  const found: readonly (Change | null)[] = [
    change('kind', x.imported ? 'an import' : 'a run', y.imported ? 'an import' : 'a run'),
    modelDifference(x.model, y.model),
    byHash('benchmark', x.benchmark, y.benchmark),
    byHash('prompt set', x.promptSet, y.promptSet),
    change('example images', entriesText(x.promptSet.shotImages ?? {}), entriesText(y.promptSet.shotImages ?? {})),
    change('paraphrases', paraphrases(x), paraphrases(y)),
    change('methods', x.methods.join(', '), y.methods.join(', ')),
    change('marks and other probes', probes(x), probes(y)),
    change('scoring version', x.scoringVersion, y.scoringVersion),
    change('pixel policy', entriesText({ ...x.pixels }), entriesText({ ...y.pixels })),
    change('chat setting', entriesText({ ...x.chat }), entriesText({ ...y.chat })),
    change(
      'reading',
      entriesText({ ...(x.reading ?? PUBLISHED_READING) }),
      entriesText({ ...(y.reading ?? PUBLISHED_READING) }),
    ),
    ...(hadDevice(x) && hadDevice(y)
      ? [
          change('device', x.device.kind, y.device.kind),
          change('dtype', entriesText(x.model.dtype), entriesText(y.model.dtype)),
        ]
      : []),
    x.judge && y.judge ? change('judge', judgeText(x), judgeText(y)) : null,
    x.shard && y.shard ? change('split', split(x.shard), split(y.shard)) : null,
    pairDifference(a, b),
  ];
  return found.filter((c) => c !== null);
}

const split = ({ of, pairs }: NonNullable<RunInfo['shard']>): string => `${pairs} pairs in ${of} shards`;

function byHash(what: string, a: { name: string; sha256: string }, b: { name: string; sha256: string }): Change | null {
  const named = (x: { name: string; sha256: string }): string => `${x.name} (${x.sha256.slice(0, 8)})`;
  return a.sha256 === b.sha256 ? null : change(what, named(a), named(b));
}

/** By the files' hashes; an imported run has none, and goes by its key. */
function modelDifference(a: RunInfo['model'], b: RunInfo['model']): Change | null {
  const hashes = (m: RunInfo['model']): ReadonlyMap<string, string> => new Map(m.files.map((f) => [f.path, f.sha256]));
  const [x, y] = [hashes(a), hashes(b)];
  if (x.size === 0 && y.size === 0) return change('model', a.id, b.id);
  const path = [...new Set([...x.keys(), ...y.keys()])].find((p) => x.get(p) !== y.get(p));
  if (path === undefined) return null;
  const words = (m: RunInfo['model'], hash: string | undefined): string =>
    `${m.id} with ${path} ${hash === undefined ? 'missing' : `(${hash.slice(0, 8)})`}`;
  return change('model', words(a, x.get(path)), words(b, y.get(path)));
}

function probes({ probes: p }: RunInfo): string {
  return p === undefined ? 'none' : canonicalJson({ ...p, marks: p.marks?.sha256 ?? null });
}

function paraphrases({ paraphrases: all }: RunInfo): string {
  return (all ?? []).map((p) => `${p.name} (${p.sha256.slice(0, 8)})`).join(', ');
}

function judgeText({ judge }: RunInfo): string {
  if (!judge) return '';
  if (judge.kind === 'person') return 'people';
  const { kind, id, files, dtype, options } = judge;
  const hashes = files.map((f) => `${f.path} ${f.sha256.slice(0, 8)}`).sort();
  return [kind === 'self' ? `the tested model itself (${id})` : id, dtype, entriesText({ ...options }), ...hashes].join(
    ', ',
  );
}

/** A pair that both have and that is not the same in both: another question under its id, or another image. */
function pairDifference(a: Part, b: Part): Change | null {
  const known = new Map(a.benchmark.pairs.map((p) => [p.id, p]));
  for (const pair of b.benchmark.pairs) {
    const other = known.get(pair.id);
    if (!other) continue;
    const [x, y] = [content(other), content(pair)];
    const at = firstDifference(x, y);
    if (JSON.stringify(x) !== JSON.stringify(y))
      return { what: `pair ${pair.id} (${at.path})`, before: at.a, now: at.b };
  }
  return null;
}

function content({ question, options, images }: Pair): object {
  return { question, options: [options.A, options.B], images: images.map(({ right, sha256 }) => ({ right, sha256 })) };
}
