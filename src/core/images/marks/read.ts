import { fault, FaultError } from '../../fault.ts';
import { canonicalJson } from '../../exchange/canonical.ts';
import { isObject, type JsonObject } from '../../json.ts';
import {
  LIMITS,
  MARK_KINDS,
  USUAL_BLACKOUT,
  USUAL_BLUR,
  USUAL_STROKE,
  USUAL_TEXT_SIZE,
  type Corners,
  type Halo,
  type Mark,
  type MarkKind,
  type MarkSet,
  type Stroke,
} from './mark.ts';

/** Whether a value is a set of marks as this version writes it, for what comes out of a store. */
export function isMarkSet(value: unknown): value is MarkSet {
  return isObject(value) && Object.values(value).every((v) => Array.isArray(v) && v.length === 2 && v.every(areMarks));
}

/** Whether a value is a list of marks in full: nothing would be filled in or refused. */
export function areMarks(value: unknown): value is readonly Mark[] {
  if (!Array.isArray(value)) return false;
  try {
    return canonicalJson(readMarks(value, '')) === canonicalJson(value);
  } catch {
    return false;
  }
}

/**
 * Reads marks out of parsed JSON. What is left out of a style is as usual; what is wrong is refused with its place, never mended.
 * @param where for messages: 'pairs.50001.im_1'
 * @throws FaultError 'unreadable'
 */
export function readMarks(value: unknown, where: string): readonly Mark[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw bad(where, 'a list of marks');
  // A list of four numbers is a bounding box as data sets write it: the first and the last pixel, both inside.
  if (value.length === 4 && value.every((v) => typeof v === 'number')) return [fromBounds(value, where)];
  if (value.length > LIMITS.marks) throw bad(where, `at most ${LIMITS.marks} marks`);
  return value.map((mark: unknown, i) => readMark(mark, `${where}[${i}]`));
}

function bad(where: string, wanted: string): FaultError {
  return new FaultError(
    fault('unreadable', `${where}: ${wanted} must stand here. Correct the file of marks.`, { place: where }),
  );
}

function fromBounds(value: readonly unknown[], where: string): Mark {
  const [x0, y0, x1, y1] = value.map((v, i) => coordinate(v, `${where}[${i}]`));
  if (x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined || x1 < x0 || y1 < y0)
    throw bad(where, 'a box [left, top, right, bottom]');
  return { kind: 'box', x0, y0, x1: x1 + 1, y1: y1 + 1, ...USUAL_STROKE };
}

function readMark(value: unknown, where: string): Mark {
  if (!isObject(value)) throw bad(where, 'a mark {"kind": ...}');
  const kind = kindOf(value['kind'], where);
  switch (kind) {
    case 'arrow': {
      const c = corners(value, where);
      if (c.x0 === c.x1 && c.y0 === c.y1) throw bad(where, 'an arrow from one point to another');
      return { kind, ...c, ...stroke(value, where) };
    }
    case 'box':
    case 'ellipse':
      return { kind, ...corners(value, where), ...stroke(value, where) };
    case 'circle': {
      const r = coordinate(value['r'], `${where}.r`);
      if (r < 0) throw bad(`${where}.r`, 'a radius of 0 or more');
      return { kind, ...point(value, where), r, ...stroke(value, where) };
    }
    case 'point':
      return { kind, ...point(value, where), ...stroke(value, where) };
    case 'freehand':
      return { kind, points: points(value['points'], `${where}.points`), ...stroke(value, where) };
    case 'text':
      return {
        ...{ kind, ...point(value, where), text: textOf(value['text'], `${where}.text`) },
        size: share(value['size'], `${where}.size`, USUAL_TEXT_SIZE),
        colour: colour(value['colour'], `${where}.colour`, USUAL_STROKE.colour),
        halo: halo(value['halo'], `${where}.halo`),
      };
    case 'blur':
      return { kind, ...corners(value, where), radius: share(value['radius'], `${where}.radius`, USUAL_BLUR) };
    case 'blackout':
      return { kind, ...corners(value, where), colour: colour(value['colour'], `${where}.colour`, USUAL_BLACKOUT) };
  }
}

function kindOf(value: unknown, where: string): MarkKind {
  const kind = MARK_KINDS.find((k) => k === value);
  if (kind === undefined) throw bad(`${where}.kind`, `one of ${MARK_KINDS.join(', ')}`);
  return kind;
}

function coordinate(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > LIMITS.coordinate)
    throw bad(where, `a number of pixels up to ${LIMITS.coordinate}`);
  return value;
}

function corners(value: JsonObject, where: string): Corners {
  const at = (key: string): number => coordinate(value[key], `${where}.${key}`);
  return { x0: at('x0'), y0: at('y0'), x1: at('x1'), y1: at('y1') };
}

function point(value: JsonObject, where: string): { readonly x: number; readonly y: number } {
  return { x: coordinate(value['x'], `${where}.x`), y: coordinate(value['y'], `${where}.y`) };
}

function points(value: unknown, where: string): readonly (readonly [number, number])[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > LIMITS.points)
    throw bad(where, `a list of 1 to ${LIMITS.points} points [x, y]`);
  return value.map((p: unknown, i) => {
    if (!Array.isArray(p) || p.length !== 2) throw bad(`${where}[${i}]`, 'a point [x, y]');
    return [coordinate(p[0], `${where}[${i}][0]`), coordinate(p[1], `${where}[${i}][1]`)] as const;
  });
}

function stroke(value: JsonObject, where: string): Stroke {
  return {
    colour: colour(value['colour'], `${where}.colour`, USUAL_STROKE.colour),
    width: share(value['width'], `${where}.width`, USUAL_STROKE.width),
    halo: halo(value['halo'], `${where}.halo`),
  };
}

/** Left out: as usual. null: none. */
function halo(value: unknown, where: string): Halo | null {
  if (value === undefined) return USUAL_STROKE.halo;
  if (value === null) return null;
  if (!isObject(value)) throw bad(where, 'null or {"colour": ..., "width": ...}');
  return {
    colour: colour(value['colour'], `${where}.colour`, '#000000'),
    width: share(value['width'], `${where}.width`, USUAL_STROKE.halo?.width ?? 0),
  };
}

function colour(value: unknown, where: string, usual: string): string {
  if (value === undefined) return usual;
  if (typeof value !== 'string' || !/^#[0-9a-f]{6}$/i.test(value)) throw bad(where, 'a colour "#rrggbb"');
  return value.toLowerCase();
}

function share(value: unknown, where: string, usual: number): number {
  if (value === undefined) return usual;
  if (typeof value !== 'number' || !(value > 0) || value > LIMITS.share)
    throw bad(where, "a share of the image's shorter side, above 0 and up to 1,");
  return value;
}

function textOf(value: unknown, where: string): string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > LIMITS.text)
    throw bad(where, `a text of 1 to ${LIMITS.text} characters`);
  return value;
}
