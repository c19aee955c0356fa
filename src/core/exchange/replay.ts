import type { Benchmark } from '../benchmark/types.ts';
import { deviceLimit } from '../certificate/scales.ts';
import { presentationOf } from '../methods/conditions.ts';
import { recordedMethod } from '../methods/registry.ts';
import { recordKey, type ResultRecord } from '../records/record.ts';
import type { RunInfo } from '../records/run-info.ts';
import { indexRecords } from '../statistics/counts.ts';
import { causesOf, type Causes } from './replay-causes.ts';
import { differenceOf } from './replay-numbers.ts';

/** One side of a replay: what a bundle holds, or what was computed now. */
export interface ReplaySide {
  readonly info: RunInfo;
  readonly benchmark: Benchmark;
  readonly records: readonly ResultRecord[];
}

/** What became of one record of the bundle. */
export interface ReplayItem {
  readonly pair: string;
  readonly image: number;
  readonly method: string;
  readonly state: 'bit-equal' | 'within tolerance' | 'different';
  /** Largest difference of a log-probability; null where there is none to compare. */
  readonly difference: number | null;
  /** Why it differs, in words; empty where it does not. */
  readonly why: readonly string[];
}

export interface ReplayReport {
  readonly items: readonly ReplayItem[];
  /** Largest difference of a log-probability over all items. */
  readonly largest: number;
  /** What is allowed: the limit of the certificates for these number formats. */
  readonly tolerance: number;
  /** Everything that is another than when the bundle was made, in words; of the machine, too, where it moved nothing. */
  readonly differs: readonly string[];
}

/**
 * Compares a replay with its bundle, record by record. An item whose model, prompt, pixels or settings are others is different whatever its numbers are: it
 * is no repetition. Where only the machine is another, numbers may differ by the tolerance, and no choice or text may.
 * @param tampered files of the bundle that are not what its manifest says
 * @param fault why some could not be computed; '' where nothing failed
 */
export function compareReplay(
  before: ReplaySide,
  now: ReplaySide,
  { tampered = [], fault = '' }: { readonly tampered?: readonly string[]; readonly fault?: string } = {},
): ReplayReport {
  const causes = causesOf(before, now, tampered);
  const dtypes = { ...before.info.model.dtype, ...now.info.model.dtype };
  const tolerance = deviceLimit(dtypes, before.info.certificate, now.info.certificate);
  const index = indexRecords(now.records);
  const items = before.records
    .filter(isModels)
    .map((record) => itemOf(record, index.get(recordKey(record)) ?? null, causes, tolerance, fault));
  return {
    items,
    largest: items.reduce((most, i) => Math.max(most, i.difference ?? 0), 0),
    tolerance,
    differs: causes.all,
  };
}

function itemOf(
  before: ResultRecord,
  now: ResultRecord | null,
  causes: Causes,
  tolerance: number,
  fault: string,
): ReplayItem {
  const { pair, image, method } = before;
  const inputs = causes.ofItem(pair, image, seesImage(method));
  const found = differenceOf(before, now);
  const own = { pair, image, method, difference: found.difference };
  const gone = now === null || now.status === 'failed' ? [notAnswered(now, fault)] : [];
  if (inputs.length > 0) return { ...own, state: 'different', why: [...inputs, ...gone] };
  if (found.same) return { ...own, state: 'bit-equal', why: [] };
  if (found.content === null && found.difference !== null && found.difference <= tolerance)
    return { ...own, state: 'within tolerance', why: [] };
  const machine = causes.machine.length > 0 ? causes.machine : ['nothing that is known of is another'];
  return { ...own, state: 'different', why: [...(gone.length > 0 ? gone : [found.content ?? 'numbers']), ...machine] };
}

function notAnswered(now: ResultRecord | null, fault: string): string {
  if (now?.status === 'failed') return `not answered: ${now.fault.message}`;
  return fault === '' ? 'not answered' : `not answered: ${fault}`;
}

/** Whether a record is the model's own: those that a judge writes, or that follow from others, are left out. */
function isModels({ method }: ResultRecord): boolean {
  return (recordedMethod(method)?.record.by ?? 'pass') === 'pass';
}

function seesImage(method: string): boolean {
  const found = recordedMethod(method);
  const image = found ? presentationOf(found.condition).image : 'own';
  return image === 'own' || image === 'changed';
}

/** How many items are in each state. */
export function countStates(items: readonly ReplayItem[]): Readonly<Record<ReplayItem['state'], number>> {
  const counts = { 'bit-equal': 0, 'within tolerance': 0, different: 0 };
  for (const { state } of items) counts[state]++;
  return counts;
}

/** A difference as it is printed: `3.1e-6`, `0`. */
function differenceText(difference: number): string {
  return difference === 0 ? '0' : difference.toExponential(1);
}

/** A line an item: `pair 50001 image 1 gd: within tolerance (3.1e-6)`. */
export function itemLine({ pair, image, method, state, difference, why }: ReplayItem): string {
  const number = difference === null || state === 'bit-equal' ? '' : ` (${differenceText(difference)})`;
  return `pair ${pair} image ${image} ${method}: ${state}${number}${why.length > 0 ? `: ${why.join('; ')}` : ''}`;
}

/** What a replay came to, in sentences. */
export function replayLines({ items, largest, tolerance, differs }: ReplayReport): readonly string[] {
  const n = countStates(items);
  return [
    `${items.length} items: ${n['bit-equal']} bit-equal, ${n['within tolerance']} within tolerance, ${n.different} different.`,
    `Largest difference of a log-probability: ${differenceText(largest)}; ${differenceText(tolerance)} is allowed.`,
    ...(differs.length === 0
      ? ['Nothing that is known of is another than when the bundle was made.']
      : ['Other than when the bundle was made:', ...differs.map((d) => `  ${d}`)]),
  ];
}
