/** The command line of `npm run evaluate`, as data. */
import { parseArgs } from 'node:util';
import { Stop, nearest, words } from './say.mjs';

const CONDITIONS = ['no-image', 'blank-image', 'paraphrase'];
export const PARSERS = /** @type {const} */ (['published', 'strict']);
/** Methods that can be asked for; with a condition the same question is asked differently (sensitivity). */
export const METHODS = ['gd', 'ps', 'mc', 'ff'].flatMap((base) => [
  base,
  ...(base === 'gd' || base === 'mc' ? [`${base}+swap`] : []),
  ...CONDITIONS.map((condition) => `${base}+${condition}`),
]);
/** Methods that come with another one. */
const COMES_WITH = /** @type {Readonly<Record<string, string>>} */ ({ 'ps-official': 'ps', 'ff-likelihood': 'ff' });
export const DTYPES = ['auto', 'fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4'];
const DEVICES = /** @type {const} */ (['auto', 'webgpu', 'wasm']);

export const HELP = `npm run evaluate -- [options]

Scores a benchmark of confusing image pairs with a vision-language model, in a headless Chrome or Chromium of this machine.
Nothing is uploaded. Without options: the built-in benchmark of phantoms with the built-in model.

  --benchmark DIR     folder in the MediConfusion layout (the checkout, or its data/)
  --model DIR|ID      folder with a model in the transformers.js layout, or a model of the Hugging Face hub (owner/name)
  --methods LIST      of gd, ps, mc, ff (default: gd,ps); ps gives ps-official too. With a condition the question is asked differently:
                      gd+swap (options exchanged), gd+no-image, gd+blank-image, gd+paraphrase (other words); likewise mc, and without
                      swap ps and ff
  --prompts FILE|NAME a prompt set: a file (FILE#NAME for one of several in it), or a built-in one by its name
  --paraphrases FILE|NAMES  the words of +paraphrase: all sets of a file, or built-in ones by name, with ; between (default: two built-in ones)
  --shots DIR         folder with the images that a few-shot prompt set shows; none ship
  --judge DIR|self    folder of the text model that judges free answers (ff), or self: the tested model; default: the built-in judge,
                      which knows the demo only
  --mc-parser NAME    published (default) or strict: how MC answers are read; with --resume a finished run is read anew without a model
  --device KIND       auto, webgpu or wasm (default: auto); an explicit one is never changed
  --dtype TYPE        auto, fp32, fp16, q8, q4, q4f16, int8, uint8 or bnb4 for all files, or file=type,... (decoder_model_merged=q4,vision_encoder=fp32)
  --threads N         threads of the WASM device (default: the cores)
  --limit N           the first N pairs only
  --out DIR           results folder (default: results/<time>-<benchmark>-<model>)
  --resume            go on with the unfinished run in --out; nothing is scored twice
  --import FILE       read an official result file (<key>_<mode>.json) instead of running a model; may be repeated for the files of one key,
                      whose methods become one table
  --accept-partial    with --import: take the readable part of a file that has faults
  --allow-uncertified run although the device fails its check; every table then says so
  --help              this text

Tables go to standard output, everything else to standard error.
Exit codes: 0 all scored; 1 some selected question was not scored (named on standard error); 2 wrong arguments, unreadable input, or nothing
that can run; 3 browser, device or model could not be had; 4 the device failed its check; 5 results could not be written; 130 stopped by Ctrl-C.
`;

const OPTIONS = /** @type {const} */ ({
  benchmark: { type: 'string' },
  model: { type: 'string' },
  methods: { type: 'string' },
  prompts: { type: 'string' },
  shots: { type: 'string' },
  judge: { type: 'string' },
  paraphrases: { type: 'string' },
  'mc-parser': { type: 'string' },
  device: { type: 'string' },
  dtype: { type: 'string' },
  threads: { type: 'string' },
  limit: { type: 'string' },
  out: { type: 'string' },
  resume: { type: 'boolean' },
  import: { type: 'string', multiple: true },
  'accept-partial': { type: 'boolean' },
  'allow-uncertified': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
});

/**
 * @typedef {object} EvaluateArgs
 * @property {string | null} benchmark
 * @property {string | null} model
 * @property {string[]} methods
 * @property {string | null} prompts
 * @property {string | null} shots
 * @property {string | null} judge
 * @property {string | null} paraphrases
 * @property {'published' | 'strict'} mcParser
 * @property {'auto' | 'webgpu' | 'wasm'} device
 * @property {string | Record<string, string>} dtype
 * @property {number | 'auto'} threads
 * @property {number | null} limit
 * @property {string | null} out
 * @property {boolean} resume
 * @property {string[]} importFiles
 * @property {boolean} acceptPartial
 * @property {boolean} allowUncertified
 * @property {boolean} help
 */

/** A wrong argument. */
function wrong(/** @type {string} */ message) {
  return new Stop(`${message} See npm run evaluate -- --help.`, 2);
}

/** "Did you mean" where something is near. */
function hint(/** @type {string} */ word, /** @type {readonly string[]} */ among, prefix = '') {
  const near = nearest(word, among);
  return near === null
    ? `It is one of ${among.map((name) => prefix + name).join(', ')}.`
    : `Did you mean ${prefix}${near}?`;
}

/**
 * Node's own parser, its errors in our words.
 * @param {readonly string[]} argv
 */
function parse(argv) {
  const { tokens } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const names = Object.keys(OPTIONS);
  const seen = new Set();
  for (const token of tokens) {
    if (token.kind === 'positional') {
      throw wrong(
        `"${token.value}" belongs to no option. (Behind npm run, options need a -- before them: npm run evaluate -- --limit 5.)`,
      );
    }
    if (token.kind !== 'option') continue;
    if (!names.includes(token.name))
      throw wrong(`There is no option ${token.rawName}. ${hint(token.name, names, '--')}`);
    const option = OPTIONS[/** @type {keyof typeof OPTIONS} */ (token.name)];
    if (seen.has(token.name) && !('multiple' in option)) throw wrong(`--${token.name} is given twice.`);
    seen.add(token.name);
    // `--limit --resume` would take the next option as the value.
    if (
      option.type === 'string' &&
      (token.value === undefined || token.value === '' || (!token.inlineValue && token.value.startsWith('--')))
    ) {
      throw wrong(`--${token.name} needs a value.`);
    }
  }
  try {
    return parseArgs({ args: [...argv], options: OPTIONS }).values;
  } catch (error) {
    throw wrong(`${words(error).split('. ')[0]}.`);
  }
}

/**
 * A positive whole number.
 * @param {string} name
 * @param {string | undefined} text
 */
function positive(name, text) {
  if (text === undefined) return null;
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0)
    throw wrong(`--${name} must be a whole number of 1 or more, not "${text}".`);
  return Number(text);
}

/**
 * @param {string | undefined} text
 * @returns {string[]}
 */
function parseMethods(text) {
  const methods = [
    ...new Set(
      (text ?? 'gd,ps')
        .split(',')
        .map((name) => name.trim().toLowerCase())
        .map((name) => COMES_WITH[name] ?? name),
    ),
  ].filter((name) => name !== '');
  for (const name of methods) {
    if (!METHODS.includes(name))
      throw wrong(`--methods: there is no method "${name}". ${hint(name, ['gd', 'ps', 'mc', 'ff'])}`);
  }
  if (methods.length === 0) throw wrong('--methods names no method.');
  return methods;
}

/**
 * One dtype for all files, or file=dtype,...
 * @param {string | undefined} text
 * @returns {string | Record<string, string>}
 */
function parseDtype(text) {
  if (text === undefined) return 'auto';
  /** @type {Record<string, string>} */
  const map = {};
  for (const part of text.split(',')) {
    const at = part.indexOf('=');
    const dtype = part.slice(at + 1).trim();
    if (!DTYPES.includes(dtype)) throw wrong(`--dtype: there is no type "${dtype}". ${hint(dtype, DTYPES)}`);
    if (at < 0 && text.includes(',')) throw wrong('--dtype is one type, or file=type,... for each file.');
    if (at < 0) return dtype;
    const file = part
      .slice(0, at)
      .trim()
      .replace(/\.onnx$/, '');
    if (file === '' || file in map) throw wrong(`--dtype: "${part}" is not file=type.`);
    map[file] = dtype;
  }
  return map;
}

/**
 * Reads the arguments; a wrong one is a `Stop` with exit code 2.
 * @param {readonly string[]} argv
 * @returns {EvaluateArgs}
 */
export function parseEvaluate(argv) {
  const values = parse(argv);
  const device = DEVICES.find((name) => name === (values.device ?? 'auto'));
  if (!values.help && device === undefined)
    throw wrong(`--device: there is no device "${values.device}". ${hint(values.device ?? '', DEVICES)}`);
  const mcParser = PARSERS.find((name) => name === (values['mc-parser'] ?? 'published'));
  if (mcParser === undefined)
    throw wrong(
      `--mc-parser: there is no parser "${values['mc-parser']}". ${hint(values['mc-parser'] ?? '', PARSERS)}`,
    );
  if (values.resume && values.out === undefined)
    throw wrong('--resume needs --out DIR, the results folder to go on with.');
  if (values.import !== undefined && values.model !== undefined)
    throw wrong('--import reads finished answers: it runs no --model.');
  if (values['accept-partial'] && values.import === undefined) throw wrong('--accept-partial belongs to --import.');
  if (values.import !== undefined && values.resume)
    throw wrong('An import is done at once: there is nothing to --resume.');
  const methods = parseMethods(values.methods);
  if (values.paraphrases !== undefined && !methods.some((name) => name.endsWith('+paraphrase')))
    throw wrong('--paraphrases belongs to methods under +paraphrase, such as --methods gd,gd+paraphrase.');
  return {
    benchmark: values.benchmark ?? null,
    model: values.model ?? null,
    methods,
    prompts: values.prompts ?? null,
    shots: values.shots ?? null,
    judge: values.judge ?? null,
    paraphrases: values.paraphrases ?? null,
    mcParser,
    device: device ?? 'auto',
    dtype: parseDtype(values.dtype),
    threads: positive('threads', values.threads) ?? 'auto',
    limit: positive('limit', values.limit),
    out: values.out ?? null,
    resume: values.resume ?? false,
    importFiles: values.import ?? [],
    acceptPartial: values['accept-partial'] ?? false,
    allowUncertified: values['allow-uncertified'] ?? false,
    help: values.help ?? false,
  };
}
