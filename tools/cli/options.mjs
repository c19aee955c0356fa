/** Reads a command's arguments by what the command declares (types.ts). */
import { parseArgs } from 'node:util';
import { words } from '../say.mjs';
import { hint, wrong } from './kinds.mjs';

/** @typedef {import('./types.ts').Option} Option */
/** @typedef {import('./types.ts').Options} Options */

const HELP = /** @type {const} */ ({ type: 'boolean', short: 'h' });

/**
 * The options in the words of Node's own parser.
 * @param {Options} options
 * @returns {Record<string, {type: 'string' | 'boolean', short?: string, multiple?: boolean}>}
 */
function forNode(options) {
  const own = Object.entries(options).map(
    ([name, option]) =>
      /** @type {const} */ ([name, { type: 'value' in option ? 'string' : 'boolean', multiple: 'several' in option }]),
  );
  return { ...Object.fromEntries(own), help: HELP };
}

/**
 * Whether the help is asked for, whatever else is.
 * @param {readonly string[]} argv
 */
export function asksForHelp(argv) {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some((arg) => arg === '--help' || arg === '-h');
}

/**
 * What Node's own parser would take and nobody means: unknown options, one given twice, `--limit --resume`.
 * @param {readonly string[]} argv
 * @param {Options} options
 * @param {number} most positionals that are taken
 */
function refuseOdd(argv, options, most) {
  const { tokens } = parseArgs({
    args: [...argv],
    options: forNode(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const names = [...Object.keys(options), 'help'];
  const seen = new Set();
  let positionals = 0;
  for (const token of tokens) {
    if (token.kind === 'positional' && ++positionals > most)
      throw wrong(
        `"${token.value}" belongs to no option. (Behind npm run, options need a -- before them: npm run evaluate -- --limit 5.)`,
      );
    if (token.kind !== 'option') continue;
    const option = options[token.name];
    if (option === undefined) throw wrong(`There is no option ${token.rawName}. ${hint(token.name, names, '--')}`);
    if (seen.has(token.name) && !('several' in option)) throw wrong(`--${token.name} is given twice.`);
    seen.add(token.name);
    const value = token.value;
    // `--limit --resume` would take the next option as the value.
    if ('value' in option && (value === undefined || value === '' || (!token.inlineValue && value.startsWith('--'))))
      throw wrong(`--${token.name} needs a value.`);
  }
}

/**
 * Reads the arguments of a command; a wrong one is a `Stop` with exit code 2.
 * @template {Options} O
 * @param {readonly string[]} argv
 * @param {O} options
 * @param {import('./types.ts').Positionals} [positionals]
 * @returns {{values: import('./types.ts').Values<O>, positionals: readonly string[]}}
 */
export function readArguments(argv, options, positionals) {
  const most = positionals?.most ?? 0;
  refuseOdd(argv, options, most);
  let typed;
  try {
    typed = parseArgs({ args: [...argv], options: forNode(options), allowPositionals: most > 0 });
  } catch (error) {
    throw wrong(`${words(error).split('. ')[0]}.`);
  }
  if (positionals && typed.positionals.length < positionals.least)
    throw wrong(`${positionals.value} is missing: ${positionals.meaning}.`);
  const values = Object.entries(options).map(([name, option]) => [name, valueOf(name, option, typed.values[name])]);
  return {
    values: /** @type {import('./types.ts').Values<O>} */ (Object.fromEntries(values)),
    positionals: typed.positionals,
  };
}

/**
 * @param {string} name
 * @param {Option} option
 * @param {string | boolean | (string | boolean)[] | undefined} typed
 */
function valueOf(name, option, typed) {
  if (!('value' in option)) return typed === true;
  if ('several' in option) return [typed ?? []].flat().map((one) => option.parse(String(one), name));
  return typed === undefined ? option.fallback : option.parse(String(typed), name);
}
