import { fail, fault, ok, type Result } from '../fault.ts';
import { recordKey, type ResultRecord } from '../records/record.ts';
import { answered } from '../statistics/counts.ts';
import { canonicalJson } from './canonical.ts';

interface PartRecords {
  readonly name: string;
  readonly records: readonly ResultRecord[];
}

/**
 * The records of all parts, each question and method once. What two parts hold must be the same to the last digit, save that a score takes the place of a
 * failure, and a judged answer that of the same answer which waits for its judge.
 */
export function mergeRecords(parts: readonly PartRecords[]): Result<readonly ResultRecord[]> {
  const kept = new Map<string, { readonly from: string; readonly record: ResultRecord }>();
  for (const { name, records } of parts)
    for (const record of records) {
      const key = recordKey(record);
      const other = kept.get(key);
      if (!other) {
        kept.set(key, { from: name, record });
        continue;
      }
      const better = betterOf(other.record, record);
      if (better === null) return fail(different(key, other.from, other.record, name, record));
      if (better === record) kept.set(key, { from: name, record });
    }
  return ok([...kept.values()].map((k) => k.record));
}

/** The record to keep of two with one key; null where they contradict each other. */
function betterOf(a: ResultRecord, b: ResultRecord): ResultRecord | null {
  if (a.status === 'failed') return b;
  if (b.status === 'failed') return a;
  if (canonicalJson(a) === canonicalJson(b)) return a;
  const [readA, readB] = [answered(a) !== null, answered(b) !== null];
  if (readA === readB || a.text !== b.text) return null;
  return readA ? a : b;
}

function different(key: string, nameA: string, a: ResultRecord, nameB: string, b: ResultRecord) {
  const field = firstDifference(a, b);
  const [pair = '', image = '', method = ''] = key.split('/');
  return fault(
    'another-run',
    `These results do not belong together: ${nameA} and ${nameB} both hold ${method} of pair ${pair}, image ${image}, and differ in ${field.path} (${field.a} and ${field.b}). Leave one of them out.`,
    { record: key, what: field.path },
  );
}

/** The first value in which two records differ, by its path. */
export function firstDifference(a: unknown, b: unknown, path = ''): { path: string; a: string; b: string } {
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
    for (const key of new Set([...left.keys(), ...right.keys()])) {
      const [x, y] = [left.get(key), right.get(key)];
      if (canonicalJson(x ?? null) !== canonicalJson(y ?? null))
        return firstDifference(x, y, path === '' ? key : `${path}.${key}`);
    }
  }
  return { path: path === '' ? 'content' : path, ...shown(a, b) };
}

/** Letters of a text that stand before the first that differs, and letters shown in all. */
const BEFORE = 24;
const SHOWN = 60;

/** Two values in few letters; of long texts the part where they part. */
function shown(a: unknown, b: unknown): { readonly a: string; readonly b: string } {
  const words = (value: unknown): string => (value === undefined ? 'nothing' : canonicalJson(value));
  if (typeof a !== 'string' || typeof b !== 'string')
    return { a: words(a).slice(0, SHOWN), b: words(b).slice(0, SHOWN) };
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  const from = Math.max(0, same - BEFORE);
  const part = (text: string): string =>
    words(`${from > 0 ? '…' : ''}${text.slice(from, from + SHOWN)}${text.length > from + SHOWN ? '…' : ''}`);
  return { a: part(a), b: part(b) };
}
