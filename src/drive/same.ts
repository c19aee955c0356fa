import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError } from '../core/fault.ts';
import type { RunInfo } from '../core/results/run.ts';
import { chooseRungs } from '../run/choose.ts';
import type { Capabilities } from '../run/device.ts';
import type { ResolvedModel } from '../run/ports.ts';
import type { RunConfig } from '../run/types.ts';

type Named = { readonly name: string; readonly sha256: string };

/** An object's entries in one order, as text. */
function text(map: Readonly<Record<string, unknown>>): string {
  return Object.entries(map)
    .map(([key, value]) => `${key} ${String(value)}`)
    .sort()
    .join(', ');
}

/** The files of a model by content. */
function contents(files: RunInfo['model']['files']): string {
  return text(Object.fromEntries(files.map((f) => [f.path, f.sha256])));
}

const named = ({ name, sha256 }: Named): string => `${name} (${sha256.slice(0, 8)})`;

/** "the X was A and is B", or null when both are the same. */
function changed(what: string, before: string, now: string): string | null {
  return before === now ? null : `the ${what} was ${before} and is ${now}`;
}

/** As `changed`, compared by hash and told by name. */
function changedContent(what: string, before: Named, now: Named): string | null {
  return before.sha256 === now.sha256 ? null : `the ${what} was ${named(before)} and is ${named(now)}`;
}

/** Paraphrases stand in methods by their number: another one under the same number would be another question. */
function paraphrasesChanged(before: RunInfo, config: RunConfig): readonly (string | null)[] {
  return (before.paraphrases ?? []).map((p, i) => {
    const now = config.paraphrases?.[i];
    return now ? changedContent(`paraphrase ${i + 1}`, p, { name: now.promptSet.name, sha256: now.sha256 }) : null;
  });
}

/** Example images by content; a run of a version that did not write them down is not held against it. */
function changedShots(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string | null {
  const other = Object.keys(before).find((name) => before[name] !== now[name]);
  return other === undefined ? null : `the example image ${other} is another than it was`;
}

function changedModel(before: RunInfo['model'], now: Pick<ResolvedModel, 'id' | 'files'>): string | null {
  if (contents(before.files) === contents(now.files)) return null;
  const other = now.files.find((f) => before.files.find((b) => b.path === f.path)?.sha256 !== f.sha256);
  return `the model was ${before.id} and is ${now.id}, with another ${other?.path ?? 'set of files'}`;
}

/** @throws FaultError 'bad-argument' for the first difference there is */
function refuse(...differences: readonly (string | null)[]): void {
  const what = differences.find((d) => d !== null);
  if (what !== undefined)
    throw new FaultError(
      fault('bad-argument', `This run cannot go on in that folder: ${what}. Name another --out for a new run.`),
    );
}

/**
 * What can be told before anything is loaded: whether the unfinished run had this benchmark, these prompts, this model, and a device and dtype
 * that are among those now asked for.
 * @throws FaultError 'bad-argument' when not
 */
export function assertResumable(
  before: RunInfo,
  benchmark: Benchmark,
  config: RunConfig,
  model: ResolvedModel,
  capabilities: Capabilities,
): void {
  refuse(
    changedContent('benchmark', before.benchmark, benchmark),
    changedContent('prompt set', before.promptSet, { name: config.promptSet.name, sha256: config.promptSetSha256 }),
    changedShots(before.promptSet.shotImages ?? {}, config.shotImages ?? {}),
    changedModel(before.model, model),
    ...paraphrasesChanged(before, config),
  );
  if (Object.keys(before.model.dtype).length === 0) return; // it ended before it had a device
  if (config.device !== 'auto') refuse(changed('device', before.device.kind, config.device));
  const rungs = chooseRungs(config, model, capabilities);
  if (!rungs.ok) throw new FaultError(rungs.fault);
  const dtypes = rungs.value.filter((r) => r.device === before.device.kind).map((r) => text(r.dtype));
  if (dtypes.length === 0) refuse(changed('device', before.device.kind, 'no longer offered by this browser'));
  if (!dtypes.includes(text(before.model.dtype))) refuse(changed('dtype', text(before.model.dtype), dtypes[0] ?? ''));
}

/**
 * The same once the device is certified: what was really taken must be what made the kept records.
 * @throws FaultError 'bad-argument' when it is not
 */
export function assertSame(before: RunInfo, now: RunInfo): void {
  if (Object.keys(before.model.dtype).length === 0) return;
  refuse(
    changed('device', before.device.kind, now.device.kind),
    changed('dtype', text(before.model.dtype), text(now.model.dtype)),
    changed('adapter', text(before.device.adapter ?? {}), text(now.device.adapter ?? {})),
    changed('scoring version', before.scoringVersion, now.scoringVersion),
    changed('pixel policy', text({ ...before.pixels }), text({ ...now.pixels })),
  );
}
