/** Kinds of options that several commands have, and the words of a wrong one. */
import { Stop, nearest } from '../say.mjs';

/** A wrong argument. The place that calls the command adds where its help is. */
export function wrong(/** @type {string} */ message) {
  return new Stop(message, 2, true);
}

/**
 * "Did you mean" where something is near, the whole list otherwise.
 * @param {string} word
 * @param {readonly string[]} among
 * @param {string} [prefix]
 */
export function hint(word, among, prefix = '') {
  const near = nearest(word, among);
  return near === null
    ? `It is one of ${among.map((name) => prefix + name).join(', ')}.`
    : `Did you mean ${prefix}${near}?`;
}

/**
 * An option that is there or not.
 * @param {string} meaning
 */
export function flag(meaning) {
  return { meaning };
}

/**
 * Any text, taken as it is.
 * @param {string} value
 * @param {string} meaning
 * @returns {import('./types.ts').Single<string | null>}
 */
export function text(value, meaning) {
  return { value, meaning, parse: (typed) => typed, fallback: null };
}

/**
 * Any text, as often as it is given.
 * @param {string} value
 * @param {string} meaning
 * @returns {import('./types.ts').Several<string>}
 */
export function texts(value, meaning) {
  return { value, meaning, parse: (typed) => typed, several: true };
}

/**
 * A positive whole number.
 * @template T
 * @param {string} meaning
 * @param {T} fallback
 * @returns {import('./types.ts').Single<number | T>}
 */
export function count(meaning, fallback) {
  return {
    value: 'N',
    meaning,
    fallback,
    parse: (typed, name) => {
      if (!/^\d{1,9}$/.test(typed) || Number(typed) === 0)
        throw wrong(`--${name} must be a whole number of 1 or more, not "${typed}".`);
      return Number(typed);
    },
  };
}

/**
 * A number of which something is asked.
 * @param {string} value
 * @param {string} meaning
 * @param {number} fallback
 * @param {string} what in words: "a number above 1"
 * @param {(n: number) => boolean} accepts
 * @returns {import('./types.ts').Single<number>}
 */
export function number(value, meaning, fallback, what, accepts) {
  return {
    value,
    meaning,
    fallback,
    parse: (typed, name) => {
      const n = Number(typed);
      if (typed.trim() === '' || !accepts(n)) throw wrong(`--${name} must be ${what}, not "${typed}".`);
      return n;
    },
  };
}

/**
 * One of a few words.
 * @template {string} T
 * @param {string} value
 * @param {string} meaning
 * @param {string} noun what the words name: "device"
 * @param {readonly T[]} among
 * @param {T} fallback
 * @returns {import('./types.ts').Single<T>}
 */
export function choice(value, meaning, noun, among, fallback) {
  return {
    value,
    meaning,
    fallback,
    parse: (typed, name) => {
      const found = among.find((word) => word === typed);
      if (found === undefined) throw wrong(`--${name}: there is no ${noun} "${typed}". ${hint(typed, among)}`);
      return found;
    },
  };
}

/**
 * Number formats of a model's files: one for all, or file=type,...
 * @param {string} meaning
 * @param {readonly string[]} dtypes
 * @returns {import('./types.ts').Single<string | Record<string, string>>}
 */
export function dtype(meaning, dtypes) {
  return {
    value: 'TYPE',
    meaning,
    fallback: 'auto',
    parse: (typed, name) => readDtype(typed, name, ['auto', ...dtypes]),
  };
}

/**
 * @param {string} typed
 * @param {string} name
 * @param {readonly string[]} dtypes
 * @returns {string | Record<string, string>}
 */
function readDtype(typed, name, dtypes) {
  /** @type {Record<string, string>} */
  const map = {};
  for (const part of typed.split(',')) {
    const at = part.indexOf('=');
    const type = part.slice(at + 1).trim();
    if (!dtypes.includes(type)) throw wrong(`--${name}: there is no type "${type}". ${hint(type, dtypes)}`);
    if (at < 0 && typed.includes(',')) throw wrong(`--${name} is one type, or file=type,... for each file.`);
    if (at < 0) return type;
    const file = part
      .slice(0, at)
      .trim()
      .replace(/\.onnx$/, '');
    if (file === '' || file in map) throw wrong(`--${name}: "${part}" is not file=type.`);
    map[file] = type;
  }
  return map;
}
