import type { Mark, MarkSet } from '../images/marks/mark.ts';
import type { ResultRecord } from '../records/record.ts';
import type { ConditionKind } from './conditions.ts';
import { NO_PROBES, type ProbeInfo, type ProbeSettings } from './probes.ts';
import { recordedMethod } from './registry.ts';

/**
 * The settings that made a run's records, out of the records themselves: each of them has the marks that its image was shown with.
 * @param info what run.json says; undefined where the run had no probes
 */
export function probesOfRecords(info: ProbeInfo | undefined, records: readonly ResultRecord[]): ProbeSettings {
  if (info === undefined) return NO_PROBES;
  const { seed, flipAnswers } = info;
  return { seed, flipAnswers, marks: info.marks === null ? null : marksOf(records) };
}

/** Under the other image's marks a record has those of its neighbour. */
function marksOf(records: readonly ResultRecord[]): MarkSet {
  const found = new Map<string, [readonly Mark[], readonly Mark[]]>();
  for (const { pair, image, method, changes = [] } of records) {
    const kind = recordedMethod(method)?.condition?.kind;
    if (kind === undefined || !SHOWS.has(kind)) continue;
    const own = image === 1 ? 0 : 1;
    const side = kind === 'marks-wrong-side' ? 1 - own : own;
    const marks = found.get(pair) ?? [[], []];
    marks[side === 0 ? 0 : 1] = changes.flatMap((c) => (c.kind === 'marks' || c.kind === 'hide' ? c.marks : []));
    found.set(pair, marks);
  }
  return Object.fromEntries(found);
}

const SHOWS: ReadonlySet<ConditionKind> = new Set([
  'marks',
  'marks-random',
  'marks-mirrored',
  'marks-wrong-side',
  'marks-hidden',
]);
