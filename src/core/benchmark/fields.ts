import type { Field, Row } from './formats/types.ts';
import type { Letter } from './types.ts';

/** Where what is wrong with a pair is told. */
export interface Report {
  /** The pair cannot run. */
  bad(place: string, message: string): void;
  warn(place: string, message: string): void;
  /** A warning that is told once where many pairs have it. */
  notice(kind: string, place: string, message: string, all?: string): void;
}

export function placeOf(row: Row, name: string): string {
  return row.fields.get(name)?.place ?? `${row.place}, ${name}`;
}

/** Not there, or there without a value; a data frame writes NaN for none. */
export function isEmpty(field: Field | undefined): boolean {
  return !field || field.value === null || field.value === '' || Number.isNaN(field.value);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${String(value)}`;
}

export function requiredText(row: Row, name: string, report: Report): string | null {
  const field = row.fields.get(name);
  if (!field) return (report.bad(`${row.place}, ${name}`, `The field "${name}" is missing.`), null);
  if (typeof field.value === 'number' && Number.isFinite(field.value)) return field.written ?? String(field.value);
  if (typeof field.value !== 'string') {
    return (report.bad(field.place, `The field "${name}" must be text and is ${kindOf(field.value)}.`), null);
  }
  if (field.value.trim() === '') return (report.bad(field.place, `The field "${name}" is empty.`), null);
  return wholeText(field.value, name, field.place, report);
}

/** Half of a character that takes two units of UTF-16. */
const HALF = /\p{Cs}/u;
/** What is left of a letter where bytes were read in another encoding: the sign for that, or UTF-8 read as Latin-1 (`Ã¼`). */
const DAMAGED = /\uFFFD|[\u00C2-\u00C5][\u0080-\u00BF]|\u00E2\u20AC[\u0080-\u2122]/;
/** HTML that a question was cut from. */
const MARKUP =
  /&(?:[a-z]{2,8}|#\d{2,6}|#x[\da-f]{2,6});|<\/?(?:br|p|b|i|u|em|strong|sub|sup|span|div|li|ul)(?:\s[^<>]*)?\/?>/i;

/** A text that a model is shown. What was damaged on its way here, or was not meant to be seen, is told. */
function wholeText(text: string, name: string, place: string, report: Report): string | null {
  const half = HALF.exec(text)?.[0];
  if (half !== undefined) {
    const unit = half.charCodeAt(0).toString(16);
    report.bad(place, `The field "${name}" holds half of a character (\\u${unit}): the text was cut there.`);
    return null;
  }
  const damaged = DAMAGED.exec(text)?.[0];
  if (damaged !== undefined)
    report.notice(
      'damaged text',
      place,
      `The field "${name}" holds "${damaged}": letters seem to have been lost in another encoding. The model is shown the text as it is.`,
      'Texts hold what is left of letters in another encoding. The model is shown them as they are.',
    );
  const markup = MARKUP.exec(text)?.[0];
  if (markup !== undefined)
    report.notice(
      'markup',
      place,
      `The field "${name}" holds ${markup}, which is HTML: the model is shown it as it stands.`,
      'Texts hold HTML, such as &lt; or <br>. The model is shown it as it stands.',
    );
  return text;
}

export function optionalText(row: Row, name: string, report: Report): string | null {
  const field = row.fields.get(name);
  if (!field || isEmpty(field)) return null;
  if (typeof field.value === 'string') return field.value;
  const message = `The field "${name}" must be text and is ${kindOf(field.value)}.`;
  if (name.startsWith('cap_')) report.warn(field.place, message);
  else report.bad(field.place, message);
  return null;
}

/** A local id is a whole number or a name; a data frame with gaps writes 20192 as 20192.0. */
export function localId(row: Row, name: string, report: Report): string | null {
  const field = row.fields.get(name);
  const text = asText(field)?.replace(/^(\d+)\.0$/, '$1') ?? null;
  if (text === null && field && !isEmpty(field))
    report.bad(field.place, `The field "${name}" must be a number or text and is ${kindOf(field.value)}.`);
  return text;
}

/** A letter as people write it: a, (a), A., [B], "B)", option A. */
const LETTER = /^\s*(?:(?:option|answer)[\s_]*)?["'([{]*([AaBb])["')\]}]*\s*[.:)]?\s*$/i;

export function letter(row: Row, name: string, report: Report): Letter | null {
  const field = row.fields.get(name);
  if (!field) return (report.bad(`${row.place}, ${name}`, `The field "${name}" is missing.`), null);
  if (field.value === 'A' || field.value === 'B') return field.value;
  const meant = typeof field.value === 'string' ? LETTER.exec(field.value.normalize('NFKC'))?.[1] : undefined;
  if (meant !== undefined) {
    const read = meant.toUpperCase() === 'A' ? 'A' : 'B';
    // Spaces around a letter are no other writing.
    if (String(field.value).trim() !== read)
      report.notice(
        'letter',
        field.place,
        `The right answer "${String(field.value)}" is read as ${read}.`,
        'Right answers in other writings, such as "a" or "(a)", are read as the letters A and B.',
      );
    return read;
  }
  if (/^[01]$/.test(String(field.value).trim())) {
    const message = `The right answer must be the letter A or B and is ${kindOf(field.value)}: whether 0 or 1 is the first option is nowhere said. Write A or B.`;
    return (report.bad(field.place, message), null);
  }
  const said = typeof field.value === 'string' ? `"${field.value}"` : kindOf(field.value);
  return (report.bad(field.place, `The right answer must be the letter A or B and is ${said}.`), null);
}

export function categories(row: Row, name: string, report: Report): readonly string[] {
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

/** Text, or a finite number as text, whole ones digit by digit; null for anything else and for blank text. */
export function asText(field: Pick<Field, 'value' | 'written'> | null | undefined): string | null {
  const value = field?.value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return null;
    const digits = field?.written;
    return digits !== undefined && /^-?\d+$/.test(digits) ? digits : String(value);
  }
  if (typeof value !== 'string') return null;
  return value.trim() === '' ? null : value.trim();
}
