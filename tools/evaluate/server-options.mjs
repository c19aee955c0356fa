/** The options of `evaluate` that are about a model behind a server, as data. */
import { choice, count, text, wrong } from '../cli/kinds.mjs';

/**
 * @param {string} typed
 * @param {string} name
 * @returns {{input: number, output: number} | null}
 */
function parsePrices(typed, name) {
  const [input, output, ...more] = typed.split(',').map(Number);
  if (input === undefined || output === undefined || more.length > 0 || !(input >= 0) || !(output >= 0))
    throw wrong(`--${name} is two numbers, money per million tokens in and out (2.5,10), not "${typed}".`);
  return { input, output };
}

/**
 * @param {string} typed
 * @param {string} name
 * @returns {number | null}
 */
function parseLimit(typed, name) {
  const limit = Number(typed);
  if (typed.trim() === '' || !Number.isFinite(limit) || limit <= 0)
    throw wrong(`--${name} must be a number above 0, not "${typed}".`);
  return limit;
}

/**
 * @template {string} K
 * @param {readonly K[]} kinds
 */
export function serverOptions(kinds) {
  return {
    server: text(
      'URL',
      'ask a model behind a server instead (vLLM, llama.cpp, SGLang, OpenAI-compatible ones, Gemini, Anthropic); its key in LOOKALIKE_SERVER_KEY',
    ),
    'server-model': text('NAME', 'the model by the name that the server knows it under (default: its only one)'),
    'server-kind': choice(
      'KIND',
      `auto (default: the server is asked), ${kinds.join(', ')}`,
      'kind of server',
      /** @type {readonly (K | 'auto')[]} */ (['auto', ...kinds]),
      /** @type {K | 'auto'} */ ('auto'),
    ),
    'server-processor': text(
      'DIR',
      "folder with the model's preprocessor_config.json, so that images are sent at its own size (default: the server's folder, where that is on this machine)",
    ),
    'server-dtype': text('TYPE', 'what the weights are stored in, as the server was started; kept with the results'),
    'server-quantisation': text('NAME', 'how the weights are quantised (awq, Q4_K_M, ...); kept with the results'),
    'send-images-to': text('HOST', 'agree that images leave this machine for this host; a server elsewhere needs it'),
    concurrency: count('requests to the server at once (default: 4)', 4),
    'server-prices': {
      value: 'IN,OUT',
      meaning: 'money per million tokens in and out, to say what the run costs',
      parse: parsePrices,
      fallback: null,
    },
    'server-limit': {
      value: 'N',
      meaning: 'stop the run when it has cost so much: money where prices are given, else tokens',
      parse: parseLimit,
      fallback: null,
    },
  };
}

/** Options that mean nothing without --server. */
const SERVER_OPTIONS = /** @type {const} */ ([
  'server-model',
  'server-processor',
  'server-dtype',
  'server-quantisation',
  'server-prices',
  'server-limit',
  'send-images-to',
]);

/**
 * @param {import('./options.mjs').EvaluateValues} values
 */
export function checkServer(values) {
  if (values.server !== null && values.model !== null)
    throw wrong(
      '--server and --model name two models: give one of them. Where images are sized by a folder, that is --server-processor DIR.',
    );
  if (values.server !== null && values.import.length > 0)
    throw wrong('--import reads finished answers: it asks no --server.');
  for (const name of SERVER_OPTIONS)
    if (values.server === null && values[name] !== null) throw wrong(`--${name} belongs to --server URL.`);
}
