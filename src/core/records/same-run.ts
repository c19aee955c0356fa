import type { ProbeInfo } from '../methods/probes.ts';
import { shardWords, type ShardOfRun } from '../benchmark/shard.ts';
import type { PixelPolicy } from '../images/types.ts';
import type { JudgeInfo, RunInfo } from './run-info.ts';
import type { ResultRecord } from './record.ts';

/**
 * What makes two runs the same run. Records under one run.json must all have been made by what it names; a run that goes on with anything else would
 * mix two runs, and the numbers would be of neither.
 */

/** Something that a run's records depend on, and that is another one now. */
export interface Change {
  /** "adapter", "scoring version". */
  readonly what: string;
  readonly before: string;
  readonly now: string;
}

interface Named {
  readonly name: string;
  readonly sha256: string;
}
type Files = readonly { readonly path: string; readonly sha256: string }[];

/** What a run would go on with, as far as it is known before a model is loaded. */
export interface Present {
  readonly benchmark: Named;
  readonly promptSet: Named & { readonly shotImages: Readonly<Record<string, string>> };
  readonly paraphrases: readonly Named[];
  readonly probes: ProbeInfo | null;
  readonly model: { readonly id: string; readonly files: Files };
  readonly shard?: ShardOfRun | undefined;
  readonly scoringVersion: string;
  readonly pixels: PixelPolicy;
}

/** An object's entries in one order, as text. */
export function entriesText(map: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(map).map(([key, value]) => `${key} ${String(value)}`);
  return entries.sort().join(', ');
}

/** The difference of two values told as they are; null where there is none. */
export function change(what: string, before: string, now: string): Change | null {
  return before === now ? null : { what, before: before === '' ? 'none' : before, now: now === '' ? 'none' : now };
}

const named = ({ name, sha256 }: Named): string => `${name} (${sha256.slice(0, 8)})`;

/** Compared by hash, told by name. */
function contentChange(what: string, before: Named, now: Named): Change | null {
  return before.sha256 === now.sha256 ? null : { what, before: named(before), now: named(now) };
}

/** Paraphrases stand in methods by their number: another one under the same number would be another question. */
function paraphraseChanges(before: RunInfo, now: readonly Named[]): readonly (Change | null)[] {
  return (before.paraphrases ?? []).map((p, i) => {
    const other = now[i];
    return other ? contentChange(`paraphrase ${i + 1}`, p, other) : null;
  });
}

/** Example images by content; a run of a version that did not write them down is not held against it. */
function shotChange(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): Change | null {
  const other = Object.keys(before).find((name) => before[name] !== now[name]);
  if (other === undefined) return null;
  const short = (sha256: string | undefined): string => sha256?.slice(0, 8) ?? 'none';
  return { what: `example image ${other}`, before: short(before[other]), now: short(now[other]) };
}

/** Marks, seeds and flipped answers are parts of a question; a run that had none of them may gain some. */
function probeChanges(before: ProbeInfo | undefined, now: ProbeInfo | null): readonly (Change | null)[] {
  if (!before || !now) return [];
  const marks = (p: ProbeInfo): string => p.marks?.sha256.slice(0, 8) ?? 'none';
  const flips = (p: ProbeInfo): string => [p.flipAnswers].flat().join(' ');
  return [
    before.marks === null ? null : change('set of marks', marks(before), marks(now)),
    change('seed', String(before.seed), String(now.seed)),
    change('list of answers that a flip exchanges', flips(before), flips(now)),
  ];
}

const contents = (files: Files): string => entriesText(Object.fromEntries(files.map((f) => [f.path, f.sha256])));

function modelChange(before: RunInfo['model'], now: Present['model']): Change | null {
  if (contents(before.files) === contents(now.files)) return null;
  const was = (path: string): string | undefined => before.files.find((f) => f.path === path)?.sha256;
  const other =
    now.files.find((f) => was(f.path) !== f.sha256) ??
    before.files.find((b) => !now.files.some((f) => f.path === b.path));
  const where = other?.path ?? 'set of files';
  return { what: 'model', before: before.id, now: `${now.id}, with another ${where}` };
}

const found = (changes: readonly (Change | null)[]): readonly Change[] => changes.filter((c) => c !== null);

/** What is known to be another before a model is loaded. */
export function changesSince(before: RunInfo, now: Present): readonly Change[] {
  return found([
    contentChange('benchmark', before.benchmark, now.benchmark),
    change('shard', shardWords(before.shard), shardWords(now.shard)),
    contentChange('prompt set', before.promptSet, now.promptSet),
    shotChange(before.promptSet.shotImages ?? {}, now.promptSet.shotImages),
    modelChange(before.model, now.model),
    ...paraphraseChanges(before, now.paraphrases),
    ...probeChanges(before.probes, now.probes),
    change('scoring version', before.scoringVersion, now.scoringVersion),
    change('pixel policy', entriesText({ ...before.pixels }), entriesText({ ...now.pixels })),
  ]);
}

/** Whether an unfinished run ever got as far as having a device; before that there is nothing to mix. */
export function hadDevice(before: RunInfo): boolean {
  return Object.keys(before.model.dtype).length > 0;
}

const thinkingOf = ({ chat }: RunInfo): string | undefined => chat?.thinking;

/** What is another once the model is loaded: what was really taken must be what made the kept records. */
export function changesOnceLoaded(before: RunInfo, now: RunInfo): readonly Change[] {
  if (!hadDevice(before)) return [];
  return found([
    change('device', before.device.kind, now.device.kind),
    change('thinking', thinkingOf(before) ?? thinkingOf(now) ?? '', thinkingOf(now) ?? ''),
    change('dtype', entriesText(before.model.dtype), entriesText(now.model.dtype)),
    change('adapter', entriesText(before.device.adapter ?? {}), entriesText(now.device.adapter ?? {})),
    change('scoring version', before.scoringVersion, now.scoringVersion),
    change('pixel policy', entriesText({ ...before.pixels }), entriesText({ ...now.pixels })),
  ]);
}

/** A judge that would read the answers that are left: a model by its files, or the model under test itself. */
export type PresentJudge =
  | { readonly kind: 'model'; readonly id: string; readonly files: Files; readonly device?: 'server' }
  | { readonly kind: 'self'; readonly id: string };

/** Whether another judge would read the answers that are left. People are named in every record that they judge, so they may join any judge. */
export function judgeChange(before: JudgeInfo | undefined, now: PresentJudge): Change | null {
  if (before === undefined || before.kind === 'person') return null;
  const name = ({ kind, id }: { readonly kind: string; readonly id: string }): string =>
    kind === 'self' ? `the tested model itself (${id})` : id;
  if (before.kind !== now.kind) return { what: 'judge', before: name(before), now: name(now) };
  if (now.kind === 'self') return null; // the model under test is compared by itself
  // No server tells the hashes of its model: name and host stand for it.
  if (before.device === 'server' || now.device === 'server') return change('judge', before.id, now.id);
  const other = before.files.find((b) => now.files.find((f) => f.path === b.path)?.sha256 !== b.sha256);
  if (other === undefined) return null;
  return { what: 'judge', before: before.id, now: `${now.id}, with another ${other.path}` };
}

/**
 * Images that are no longer those that the kept records were made with: the question file may be the same and a picture beside it another.
 * @param imageNow SHA-256 of an image of a pair as it is now; null where there is none
 */
export function imageChange(
  records: readonly ResultRecord[],
  imageNow: (pair: string, image: 1 | 2) => string | null,
): Change | null {
  for (const { pair, image, imageSha256 } of records) {
    const now = imageNow(pair, image);
    if (now === null || !/^[0-9a-f]{64}$/.test(imageSha256 ?? '') || imageSha256 === now) continue;
    return { what: `image ${image} of pair ${pair}`, before: (imageSha256 ?? '').slice(0, 8), now: now.slice(0, 8) };
  }
  return null;
}

/** All changes in one sentence part: "the adapter was A and is B, the dtype was C and is D". */
export function changeWords(changes: readonly Change[]): string {
  return changes.map(({ what, before, now }) => `the ${what} was ${before} and is ${now}`).join('; ');
}
