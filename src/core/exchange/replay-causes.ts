import type { Pair } from '../benchmark/types.ts';
import { isDtype } from '../models/dtypes.ts';
import { sessionPaths } from '../models/folder.ts';
import { entriesText } from '../records/same-run.ts';
import type { RunInfo } from '../records/run-info.ts';
import { firstDifference } from './merge-records.ts';
import type { ReplaySide } from './replay.ts';

/** Why a replay can differ. */
export interface Causes {
  /** What is another of an item's model, prompt, pixels and settings. */
  readonly ofItem: (pair: string, image: number, seesImage: boolean) => readonly string[];
  /** What is another of the machine: device, adapter, libraries, browser. */
  readonly machine: readonly string[];
  /** Everything, each once. */
  readonly all: readonly string[];
}

const short = (sha256: string | null | undefined): string =>
  sha256 === null || sha256 === undefined || sha256 === '' ? 'none' : sha256.slice(0, 8);

/** Compares everything that a record depends on. */
export function causesOf(before: ReplaySide, now: ReplaySide, tampered: readonly string[]): Causes {
  const common = [
    ...modelCauses(before.info, now.info),
    ...promptCauses(before.info, now.info),
    ...settings(before.info, now.info),
  ];
  const machine = machineCauses(before.info, now.info);
  const [old, present] = [before.benchmark, now.benchmark].map((b) => new Map(b.pairs.map((p) => [p.id, p])));
  const skipped = new Map(now.benchmark.skipped.map((s) => [s.pair, s.reason]));
  const ofPair = (id: string): { readonly words: readonly string[]; readonly images: readonly (string | null)[] } => {
    const [x, y] = [old?.get(id), present?.get(id)];
    if (!y) return { words: [`benchmark: pair ${id} ${missing(skipped.get(id))}`], images: [null, null] };
    if (!x) return { words: [], images: [null, null] };
    return { words: wordCauses(x, y), images: ([0, 1] as const).map((i) => pixelCause(x, y, i)) };
  };
  const byPair = new Map([...new Set(before.records.map((r) => r.pair))].map((id) => [id, ofPair(id)]));
  const files = tampered.map((path) => `bundle: ${path} was changed after the bundle was made`);
  const perPair = [...byPair.values()].flatMap((p) => [...p.words, ...p.images.flatMap((i) => i ?? [])]);
  const file =
    before.info.benchmark.sha256 === now.info.benchmark.sha256
      ? []
      : [`benchmark: question file ${short(before.info.benchmark.sha256)} is now ${short(now.info.benchmark.sha256)}`];
  return {
    ofItem: (pair, image, seesImage) => {
      const own = byPair.get(pair);
      const pixels = seesImage ? (own?.images[image - 1] ?? null) : null;
      return [...common, ...(own?.words ?? []), ...(pixels === null ? [] : [pixels])];
    },
    machine,
    all: [...new Set([...files, ...common, ...file, ...perPair, ...machine])],
  };
}

function missing(reason: string | undefined): string {
  return reason === undefined ? 'is not in it' : `cannot run: ${reason}`;
}

/** Files that are others. A folder may hold more than the run's had; what it lacks counts only where the run loaded it. */
function modelCauses(before: RunInfo, now: RunInfo): readonly string[] {
  const present = new Map(now.model.files.map((f) => [f.path, f.sha256]));
  return before.model.files.flatMap(({ path, sha256 }) => {
    const other = present.get(path);
    if (other === sha256 || (other === undefined && !isLoaded(path, before.model.dtype))) return [];
    const has = other === undefined ? 'is missing' : `has the hash ${short(other)}`;
    return [`model: ${path} ${has} and had ${short(sha256)}`];
  });
}

/** Whether a file of a model folder is one that a run in these number formats needs: what is beside the graphs, and the graphs of its sessions. */
function isLoaded(path: string, dtype: RunInfo['model']['dtype']): boolean {
  if (!path.startsWith('onnx/')) return /\.(json|jinja|txt|model)$/.test(path);
  return Object.entries(dtype).some(([session, type]) => {
    const [graph = ''] = isDtype(type) ? sessionPaths(session, type, null) : [];
    return path === graph || path.startsWith(`${graph}_`) || path.startsWith(`${graph}.`);
  });
}

function promptCauses(before: RunInfo, now: RunInfo): readonly string[] {
  const sets = [
    ['prompt set', before.promptSet, now.promptSet] as const,
    ...(before.paraphrases ?? []).map((p, i) => [`paraphrase ${i + 1}`, p, now.paraphrases?.[i]] as const),
  ];
  const words = sets.flatMap(([what, a, b]) => {
    if (b && a.sha256 === b.sha256 && entriesText(a.prompts) === entriesText(b.prompts)) return [];
    const at = firstDifference(a.prompts, b?.prompts ?? {});
    return [`prompt: ${what} ${a.name} is another (${at.path}: ${at.a} is now ${at.b})`];
  });
  const shots = entriesText(before.promptSet.shotImages ?? {}) === entriesText(now.promptSet.shotImages ?? {});
  return [...words, ...(shots ? [] : ['pixels: an example image of the prompt set is another'])];
}

function settings(before: RunInfo, now: RunInfo): readonly string[] {
  const loaded = Object.keys(now.model.dtype).length > 0;
  return [
    ...changed('settings: dtype', entriesText(before.model.dtype), loaded ? entriesText(now.model.dtype) : null),
    ...changed('settings: scoring version', before.scoringVersion, now.scoringVersion),
    ...changed('pixels: policy', entriesText({ ...before.pixels }), entriesText({ ...now.pixels })),
    ...changed('settings: thinking', before.chat?.thinking ?? 'off', now.chat?.thinking ?? 'off'),
  ];
}

function machineCauses(before: RunInfo, now: RunInfo): readonly string[] {
  const [a, b] = [before.device, now.device];
  const loaded = Object.keys(now.model.dtype).length > 0;
  const names = loaded ? [...new Set([...Object.keys(before.libraries), ...Object.keys(now.libraries)])] : [];
  return [
    ...changed('device', a.kind, b.kind),
    ...(a.kind === b.kind && loaded
      ? changed('device: adapter', entriesText(a.adapter ?? {}), entriesText(b.adapter ?? {}))
      : []),
    ...(loaded ? changed('device: threads', String(a.threads), String(b.threads)) : []),
    ...changed('device: browser', a.browser, b.browser),
    ...changed('library: Lookalike', before.lookalike, now.lookalike),
    ...names.flatMap((n) => changed(`library: ${n}`, before.libraries[n] ?? 'none', now.libraries[n] ?? 'none')),
  ];
}

function changed(what: string, before: string, now: string | null): readonly string[] {
  return now === null || before === now ? [] : [`${what} was ${before || 'none'} and is ${now || 'none'}`];
}

/** A pair's words are part of its prompt. */
function wordCauses(a: Pair, b: Pair): readonly string[] {
  const texts = ({ question, options }: Pair): object => ({ question, 'option A': options.A, 'option B': options.B });
  const at = firstDifference(texts(a), texts(b));
  const same = JSON.stringify(texts(a)) === JSON.stringify(texts(b));
  return same ? [] : [`prompt: ${at.path} of pair ${a.id} was ${at.a} and is ${at.b}`];
}

function pixelCause(a: Pair, b: Pair, i: 0 | 1): string | null {
  const [x, y] = [a.images[i].sha256, b.images[i].sha256];
  return x === y ? null : `pixels: image ${i + 1} of pair ${a.id} has the hash ${short(y)} and had ${short(x)}`;
}
