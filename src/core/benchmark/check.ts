import type { ImageFinder } from './images.ts';
import type { Field, Row } from './rows.ts';
import type { DraftPair, Letter, Pair, PairImage, Problem } from './types.ts';

/** Fields of the layout (arXiv 2409.15477; data/dataset.json of its code), without the two of AI_ and the similarities. */
const FIELDS = [
  ...['id', 'question', 'option_A', 'option_B'],
  ...['im', 'cap', 'category'].flatMap((f) => [`${f}_1`, `${f}_2`]),
  ...['local', 'correct'].flatMap((f) => [`im_1_${f}`, `im_2_${f}`]),
];
/** Further fields that are known, kept in `extra`. */
const EXTRAS = /^(BiomedCLIP_sim|DINO_sim|AI_question|AI_option_[AB]|pattern|difficulty|finding|resize)$/;

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
  const unknown = new Map<string, { pair: string; place: string; hint: string }[]>();
  const ids = new Set<string>();

  function check(row: Row): Checked {
    const id = asText(row.id?.value);
    const found: Problem[] = [];
    const bad = (place: string, message: string): void => {
      found.push({ pair: id, place, message, severity: 'error' });
    };
    const warn = (place: string, message: string): void => {
      problems.push({ pair: id, place, message, severity: 'warning' });
    };
    const name = id ?? row.place;
    if (id === null) bad(row.place, 'The pair has no id.');
    else if (ids.has(id)) bad(row.place, `The id ${id} occurs again; the first pair with it runs, this one does not.`);
    ids.add(name);
    const own = row.fields.get('id');
    if (id !== null && own && asText(own.value) !== id)
      warn(own.place, `The field "id" says ${String(own.value)}, the key ${id}.`);
    if (row.broken !== null) bad(row.place, row.broken);
    const pair = id === null || row.broken !== null ? null : readPair(row, id, images, { bad, warn });
    noteUnknown(row, name, unknown);
    problems.push(...found);
    if (pair && found.length === 0) return { pair };
    return { pair: null, id: name, reason: found.map((p) => p.message).join(' ') };
  }
  return { check, problems: () => [...problems, ...unknownFields(unknown)] };
}

interface Report {
  bad(place: string, message: string): void;
  warn(place: string, message: string): void;
}

function readPair(row: Row, id: string, finder: ImageFinder, report: Report): DraftPair | null {
  const text = (name: string): string | null => requiredText(row, name, report);
  const question = text('question');
  const a = text('option_A');
  const b = text('option_B');
  if (a !== null && b !== null && a.trim() === b.trim()) {
    report.bad(placeOf(row, 'option_B'), `Both options read "${a.trim()}".`);
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
    const told = [`im_${n}`, `im_${n}_local`].some((f) => !blank(row.fields.get(f)));
    if (!told) report.bad(row.place, `Image ${n} has no address: neither im_${n} nor im_${n}_local says where it is.`);
  } else {
    const found = finder.find(path, local);
    file = found.file;
    const place = placeOf(row, local === null ? `im_${n}` : `im_${n}_local`);
    if (file === null) report.bad(place, `Image ${n} is missing: there is no ${found.looked.join(', and no ')}.`);
    else if (finder.size(file) === 0) report.bad(file, `Image ${n} is empty: ${file} has 0 bytes.`);
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

function placeOf(row: Row, name: string): string {
  return row.fields.get(name)?.place ?? `${row.place}, ${name}`;
}

/** Not there, or there without a value; a data frame writes NaN for none. */
function blank(field: Field | undefined): boolean {
  return !field || field.value === null || field.value === '' || Number.isNaN(field.value);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${String(value)}`;
}

function requiredText(row: Row, name: string, report: Report): string | null {
  const field = row.fields.get(name);
  if (!field) return (report.bad(`${row.place}, ${name}`, `The field "${name}" is missing.`), null);
  if (typeof field.value !== 'string') {
    return (report.bad(field.place, `The field "${name}" must be text and is ${kindOf(field.value)}.`), null);
  }
  if (field.value.trim() === '') return (report.bad(field.place, `The field "${name}" is empty.`), null);
  return field.value;
}

function optionalText(row: Row, name: string, report: Report): string | null {
  const field = row.fields.get(name);
  if (!field || blank(field)) return null;
  if (typeof field.value === 'string') return field.value;
  const message = `The field "${name}" must be text and is ${kindOf(field.value)}.`;
  if (name.startsWith('cap_')) report.warn(field.place, message);
  else report.bad(field.place, message);
  return null;
}

/** A local id is a whole number or a name; a data frame with gaps writes 20192 as 20192.0. */
function localId(row: Row, name: string, report: Report): string | null {
  const field = row.fields.get(name);
  const text = asText(field?.value)?.replace(/^(\d+)\.0$/, '$1') ?? null;
  if (text === null && field && !blank(field))
    report.bad(field.place, `The field "${name}" must be a number or text and is ${kindOf(field.value)}.`);
  return text;
}

function letter(row: Row, name: string, report: Report): Letter | null {
  const field = row.fields.get(name);
  if (!field) return (report.bad(`${row.place}, ${name}`, `The field "${name}" is missing.`), null);
  if (field.value === 'A' || field.value === 'B') return field.value;
  const said = typeof field.value === 'string' ? `"${field.value}"` : kindOf(field.value);
  return (report.bad(field.place, `The right answer must be the letter A or B and is ${said}.`), null);
}

function categories(row: Row, name: string, report: Report): readonly string[] {
  const field = row.fields.get(name);
  if (!field) {
    report.warn(`${row.place}, ${name}`, `The field "${name}" is missing: the image counts in no category.`);
    return [];
  }
  const { value } = field;
  const list: readonly unknown[] | null = Array.isArray(value) ? value : null;
  const names = list?.filter((x): x is string => typeof x === 'string' && x.trim() !== '') ?? [];
  if (list === null || names.length !== list.length) {
    report.warn(
      field.place,
      `The field "${name}" must be a list of names${list === null ? ` and is ${kindOf(value)}` : ''}.`,
    );
    if (typeof value === 'string' && value.trim() !== '') return [value.trim()];
  }
  const once = [...new Set(names)];
  if (once.length < names.length)
    report.warn(field.place, `The field "${name}" names a category twice; it counts once.`);
  return once;
}

function extras(row: Row): Pair['extra'] {
  const out: Record<string, string | number | boolean | null> = {};
  for (const [name, field] of row.fields) {
    if (FIELDS.includes(name)) continue;
    out[name] = scalar(field);
  }
  return out;
}

function scalar({ value }: Field): string | number | boolean | null {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return JSON.stringify(value) ?? null;
}

/** Text, or a finite number as text; null for anything else and for blank text. */
function asText(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  if (typeof value !== 'string') return null;
  return value.trim() === '' ? null : value.trim();
}

type Unknown = ReadonlyMap<string, readonly { pair: string; place: string; hint: string }[]>;

function noteUnknown(row: Row, pair: string, into: Map<string, { pair: string; place: string; hint: string }[]>): void {
  for (const [name, field] of row.fields) {
    if (FIELDS.includes(name) || EXTRAS.test(name)) continue;
    const alike = FIELDS.find((f) => !row.fields.has(f) && squash(f) === squash(name));
    const list = into.get(name) ?? [];
    list.push({ pair, place: field.place, hint: alike === undefined ? '' : ` Is "${alike}" meant?` });
    into.set(name, list);
  }
}

function squash(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** One warning for each pair with an unknown field, or one for all where a whole column is unknown. */
function unknownFields(unknown: Unknown): Problem[] {
  return [...unknown].flatMap(([name, uses]): Problem[] => {
    const message = `The field "${name}" is not known; it is kept with the pair and otherwise ignored.`;
    const first = uses[0];
    if (first && uses.length > 5) {
      const all = `${message} It is there in ${uses.length} pairs, first in ${first.pair}.${first.hint}`;
      return [{ pair: null, place: first.place, message: all, severity: 'warning' }];
    }
    return uses.map((u) => ({ pair: u.pair, place: u.place, message: message + u.hint, severity: 'warning' }));
  });
}
