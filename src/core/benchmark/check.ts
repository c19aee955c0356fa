import { readAlike } from './alike.ts';
import {
  asText,
  categories,
  letter,
  localId,
  optionalText,
  placeOf,
  requiredText,
  isEmpty,
  type Report,
} from './fields.ts';
import type { ImageFinder } from './images.ts';
import { EXTRAS, FIELDS, underOwnNames } from './names.ts';
import { createNotices } from './notices.ts';
import type { Field, Row } from './formats/types.ts';
import type { DraftPair, Letter, Pair, PairImage, Problem } from './types.ts';

/** What became of a row: a pair, or why it cannot run. */
export type Checked =
  { readonly pair: DraftPair } | { readonly pair: null; readonly id: string; readonly reason: string };

export interface Checker {
  check(row: Row): Checked;
  /** Everything found so far; warnings on unknown fields come last, gathered. */
  problems(): readonly Problem[];
}

/** Checks rows one after the other; ids must not recur among them. */
export function createChecker(images: ImageFinder): Checker {
  const problems: Problem[] = [];
  const unknown = new Map<string, { pair: string; place: string }[]>();
  const notices = createNotices((kind) => (kind === 'letter' ? 1 : kind.startsWith('name ') ? 0 : 5));
  const ids = new Set<string>();

  function check(written: Row): Checked {
    const { row, renamed } = underOwnNames(written);
    const id = asText(row.id);
    const found: Problem[] = [];
    const bad = (place: string, message: string): void => {
      found.push({ pair: id, place, message, severity: 'error' });
    };
    const warn = (place: string, message: string): void => {
      problems.push({ pair: id, place, message, severity: 'warning' });
    };
    const name = id ?? row.place;
    const notice: Report['notice'] = (kind, place, message, all) => notices.add(kind, name, place, message, all);
    for (const [other, field, own] of renamed)
      notice(`name ${other}`, field.place, `The field "${other}" is read as "${own}".`);
    if (id !== null && /^\d(?:[.,]\d+)?E\+\d+$/i.test(id))
      notice(
        'spreadsheet id',
        row.place,
        `The id ${id} looks like a number that a spreadsheet has rounded; its digits are lost.`,
      );
    if (id === null) bad(row.place, 'The pair has no id.');
    else if (ids.has(id)) bad(row.place, `The id ${id} occurs again; the first pair with it runs, this one does not.`);
    ids.add(name);
    const own = row.fields.get('id');
    if (id !== null && own && asText(own) !== id)
      warn(own.place, `The field "id" says ${asText(own) ?? String(own.value)}, the key ${id}.`);
    if (row.broken !== null) bad(row.place, row.broken);
    const pair = id === null || row.broken !== null ? null : readPair(row, id, images, { bad, warn, notice });
    noteUnknown(row, name, unknown);
    problems.push(...found);
    if (pair && found.length === 0) return { pair };
    return { pair: null, id: name, reason: found.map((p) => p.message).join(' ') };
  }
  return { check, problems: () => [...problems, ...notices.list(), ...unknownFields(unknown)] };
}

function readPair(row: Row, id: string, finder: ImageFinder, report: Report): DraftPair | null {
  const text = (name: string): string | null => requiredText(row, name, report);
  const question = text('question');
  const a = text('option_A');
  const b = text('option_B');
  if (a !== null && b !== null && a.trim() === b.trim()) {
    report.bad(placeOf(row, 'option_B'), `Both options read "${a.trim()}".`);
  } else if (a !== null && b !== null && readAlike(a, b)) {
    const message = `Both options read "${a.trim()}" to a reader: only characters that look alike, spaces or invisible ones differ.`;
    report.bad(placeOf(row, 'option_B'), message);
  }
  const one = readImage(row, 1, finder, report);
  const two = readImage(row, 2, finder, report);
  if (one.right !== null && one.right === two.right) {
    report.bad(
      placeOf(row, 'im_2_correct'),
      `The right answer is ${one.right} for both images; in a confusing pair it differs.`,
    );
  }
  if (one.file !== null && one.file === two.file)
    report.bad(placeOf(row, 'im_2'), `Both images are the file ${one.file}.`);
  const images = [complete(one), complete(two)] as const;
  if (question === null || a === null || b === null || !images[0] || !images[1]) return null;
  if (one.file === null || two.file === null) return null;
  return {
    id,
    question,
    options: { A: a, B: b },
    images: [images[0], images[1]],
    extra: extras(row),
    files: [one.file, two.file],
  };
}

interface ReadImage {
  readonly path: string;
  readonly local: string | null;
  readonly categories: readonly string[];
  readonly right: Letter | null;
  readonly caption: string | null;
  readonly file: string | null;
}

function complete(image: ReadImage): PairImage | null {
  const { path, local, categories, right, caption } = image;
  return right === null ? null : { path, local, categories, right, caption, sha256: null };
}

function readImage(row: Row, n: 1 | 2, finder: ImageFinder, report: Report): ReadImage {
  const path = optionalText(row, `im_${n}`, report);
  const local = localId(row, `im_${n}_local`, report);
  let file: string | null = null;
  if (path === null && local === null) {
    // An address of the wrong kind has been told already.
    const told = [`im_${n}`, `im_${n}_local`].some((f) => !isEmpty(row.fields.get(f)));
    if (!told) report.bad(row.place, `Image ${n} has no address: neither im_${n} nor im_${n}_local says where it is.`);
  } else {
    const found = finder.find(path, local);
    file = found.file;
    const place = placeOf(row, local === null ? `im_${n}` : `im_${n}_local`);
    if (file === null) report.bad(place, `Image ${n} is missing: there is no ${found.looked.join(', and no ')}.`);
    else if (found.otherwise !== null)
      report.notice(
        'path',
        place,
        `There is no ${found.looked.join(', and no ')}; ${file} is taken for image ${n}.`,
        `There is no ${found.looked.join(', and no ')}; ${file} is taken: ${found.otherwise}.`,
      );
    if (file !== null && finder.size(file) === 0) report.bad(file, `Image ${n} is empty: ${file} has 0 bytes.`);
  }
  return {
    path: path ?? file ?? local ?? '',
    local,
    file,
    categories: categories(row, `category_${n}`, report),
    right: letter(row, `im_${n}_correct`, report),
    caption: optionalText(row, `cap_${n}`, report),
  };
}

function extras(row: Row): Pair['extra'] {
  const out: Record<string, string | number | boolean | null> = {};
  for (const [name, field] of row.fields) {
    if (FIELDS.includes(name)) continue;
    out[name] = scalar(field);
  }
  return out;
}

function scalar({ value, written }: Field): string | number | boolean | null {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number' && written !== undefined && Number.isInteger(value) && !Number.isSafeInteger(value))
    return written;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return JSON.stringify(value) ?? null;
}

type Unknown = ReadonlyMap<string, readonly { pair: string; place: string }[]>;

function noteUnknown(row: Row, pair: string, into: Map<string, { pair: string; place: string }[]>): void {
  for (const [name, field] of row.fields) {
    if (FIELDS.includes(name) || EXTRAS.test(name)) continue;
    const list = into.get(name) ?? [];
    list.push({ pair, place: field.place });
    into.set(name, list);
  }
}

/** One warning for each pair with an unknown field, or one for all where a whole column is unknown. */
function unknownFields(unknown: Unknown): Problem[] {
  return [...unknown].flatMap(([name, uses]): Problem[] => {
    const message = `The field "${name}" is not known; it is kept with the pair and otherwise ignored.`;
    const first = uses[0];
    if (first && uses.length > 5) {
      const all = `${message} It is there in ${uses.length} pairs, first in ${first.pair}.`;
      return [{ pair: null, place: first.place, message: all, severity: 'warning' }];
    }
    return uses.map((u) => ({ pair: u.pair, place: u.place, message, severity: 'warning' }));
  });
}
