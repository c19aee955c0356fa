import { isObject, type JsonObject } from '../json.ts';
import { FIELDS, type Event, type Field } from './events.ts';

/* Hand-written guards: src/core imports no library. */

const isText = (v: unknown): v is string => typeof v === 'string';
const isHash = (v: unknown): boolean => isText(v) && /^[0-9a-f]{64}$/.test(v);
const isCount = (v: unknown): boolean => Number.isSafeInteger(v) && Number(v) >= 0;
const isBoolean = (v: unknown): boolean => typeof v === 'boolean';
const isTexts = (v: unknown): boolean => Array.isArray(v) && v.every(isText);
const only = (v: JsonObject, keys: readonly string[]): boolean => Object.keys(v).every((k) => keys.includes(k));

function isScore(v: unknown): boolean {
  if (v === null) return true;
  if (!isObject(v) || !only(v, ['correct', 'relevant', 'language', 'score'])) return false;
  const { score } = v;
  const right = Number.isInteger(score) && Number(score) >= 1 && Number(score) <= 10;
  return right && [v['correct'], v['relevant'], v['language']].every(isBoolean);
}

function isWording(v: unknown): boolean {
  const keys = ['question', 'option_1', 'option_2'];
  return isObject(v) && only(v, keys) && keys.every((k) => isText(v[k]));
}

const isAnswers = (v: unknown): boolean => Array.isArray(v) && v.length === 2 && v.every((x) => x === 1 || x === 2);

const VALUES: Readonly<Record<Field, (v: unknown) => boolean>> = {
  'score-1': isScore,
  'score-2': isScore,
  wording: isWording,
  answers: isAnswers,
  excluded: isBoolean,
  flagged: isBoolean,
  comment: isText,
  'categories-1': isTexts,
  'categories-2': isTexts,
  pattern: (v) => v === null || isText(v),
};

const BASE = ['format', 'n', 'at', 'prev', 'hash', 'kind'];
type Check = readonly [string, boolean];

function opening(v: JsonObject): readonly Check[] {
  const thresholds = v['thresholds'];
  const least = isObject(thresholds) ? thresholds['least'] : null;
  return [
    ['reviewer', isText(v['reviewer']) && v['reviewer'].trim() !== ''],
    ['role', v['role'] === 'reviewer' || v['role'] === 'adjudicator'],
    ['drafts', isHash(v['drafts'])],
    ['thresholds', Number.isInteger(least) && Number(least) >= 1 && Number(least) <= 10],
    ['another member', only(v, [...BASE, 'reviewer', 'role', 'drafts', 'thresholds'])],
  ];
}

function change(v: JsonObject): readonly Check[] {
  const field = FIELDS.find((f) => f === v['field']);
  const fits = field === undefined ? () => false : VALUES[field];
  return [
    ['pair', isText(v['pair']) && v['pair'] !== ''],
    ['field', field !== undefined],
    ['before', fits(v['before'])],
    ['after', fits(v['after'])],
    ['undoes', v['undoes'] === undefined || isCount(v['undoes'])],
    ['another member', only(v, [...BASE, 'pair', 'field', 'before', 'after', 'undoes'])],
  ];
}

/** The member of a parsed line that is not what an event has there; null where all are. */
export function wrongEvent(v: unknown): string | null {
  if (!isObject(v)) return 'the whole line';
  const base: readonly Check[] = [
    ['format', v['format'] === 'lookalike-review/1'],
    ['n', isCount(v['n']) && v['n'] !== 0],
    ['at', isText(v['at']) && !Number.isNaN(Date.parse(v['at']))],
    ['prev', isHash(v['prev'])],
    ['hash', isHash(v['hash'])],
  ];
  const own: readonly Check[] =
    v['kind'] === 'open'
      ? opening(v)
      : v['kind'] === 'change'
        ? change(v)
        : [
            ['kind', v['kind'] === 'seal'],
            ['events', isCount(v['events'])],
            ['another member', only(v, [...BASE, 'events'])],
          ];
  return [...base, ...own].find(([, good]) => !good)?.[0] ?? null;
}

export function isEvent(v: unknown): v is Event {
  return wrongEvent(v) === null;
}
