/** `evaluate --server`: the server is found and looked at, and the folder that says how its model's images are prepared. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { exitCode } from '../cli/exit-code.mjs';
import { typescript } from '../cli/source.mjs';
import { wrong } from '../cli/kinds.mjs';
import { Stop, note } from '../say.mjs';
import { environmentKeys } from '../serve/keys.mjs';
import { folderName } from './inputs.mjs';

/** @typedef {import('./options.mjs').EvaluateValues} EvaluateValues */
/** @typedef {import('../../src/core/servers/config.ts').ServerConfig} ServerConfig */

/** Any of these says how images are prepared. */
const PROCESSOR_FILES = ['preprocessor_config.json', 'processor_config.json'];
const LOOK_MS = 30_000;

/**
 * The server that a run is to ask; null where none is named. Nothing is sent to a server on another machine before its host was agreed to.
 * @param {EvaluateValues} values
 * @param {string} here
 * @returns {Promise<{config: ServerConfig, processor: string | null, keys: readonly import('../serve/keys.mjs').HeldKey[], host: string, name: string} | null>}
 */
export async function serverChoice(values, here) {
  if (values.server === null) return null;
  await typescript();
  const { serverAddress } = await import('../../src/core/servers/address.ts');
  const address = serverAddress(values.server);
  if (!address.ok) throw new Stop(`--server: ${address.fault.message}`, 2);
  const { url, host, local } = address.value;
  if (!local && values['send-images-to'] !== host)
    throw wrong(
      `--server: the images of the benchmark would leave this machine for ${host}. If they may, add --send-images-to ${host}.`,
    );
  const { keys } = await environmentKeys(url);
  const key = await keyOf(keys, url);
  const model = values['server-model'] ?? '';
  const found = await look('server', { kind: values['server-kind'], model }, url, key);
  const name = model === '' ? onlyModel('--server', found.models, 'with --server-model NAME') : model;
  const processor = processorFolder(values['server-processor'], found.roots[name] ?? name, here);
  return {
    config: {
      ...{ kind: found.kind, url, model: name, concurrency: values.concurrency },
      ...{ dtype: values['server-dtype'], quantisation: values['server-quantisation'] },
      prices: values['server-prices'],
      budget: values['server-limit'],
      processor: null,
    },
    ...{ processor, keys, host, name: folderName(name) },
  };
}

/**
 * The key that goes to a server. One that belongs to another is not sent, and that is said.
 * @param {readonly import('../serve/keys.mjs').HeldKey[]} keys
 * @param {string} url
 */
export async function keyOf(keys, url) {
  const { keyFor, keyWords } = await import('../../src/core/servers/keys.ts');
  const key = keyFor(keys, url);
  const words = key === '' ? keyWords({ origins: keys.map((k) => k.origin), unbound: false }, url) : null;
  if (words !== null) note(words);
  return key;
}

/**
 * The model of a server that has one. Which of several is meant, nobody guesses.
 * @param {string} option that names the server
 * @param {readonly string[]} models
 * @param {string} how a model is named
 */
export function onlyModel(option, models, how) {
  const [only, other] = models;
  if (only === undefined) throw wrong(`${option}: the server does not say which models it has. Name one ${how}.`);
  if (other === undefined) return only;
  const more = models.length > 12 ? ', ...' : '';
  throw wrong(
    `${option}: the server has several models. Name one ${how}; it has ${models.slice(0, 12).join(', ')}${more}.`,
  );
}

/**
 * What the server says of itself. Closed services are not looked at: their kind is named.
 * @param {string} option that names it
 * @param {{kind: import('../../src/core/servers/kinds.ts').ServerKind | 'auto', model: string}} wanted
 * @param {string} url
 * @param {string} key
 * @returns {Promise<import('../../src/core/servers/detect.ts').Detected>}
 */
export async function look(option, { kind, model }, url, key) {
  const { detectServer } = await import('../../src/core/servers/detect.ts');
  const { bodyFrom } = await import('../../src/core/servers/exchange.ts');
  const { KINDS } = await import('../../src/core/servers/kinds.ts');
  if (kind === 'gemini' || kind === 'anthropic') {
    if (model === '')
      throw wrong(
        option === 'server'
          ? `--server-kind ${kind} needs --server-model NAME.`
          : `--${option}: name the model behind the address: ${kind}:${url}#NAME.`,
      );
    return { kind, models: [], roots: {} };
  }
  const headers = key === '' ? {} : KINDS[kind === 'auto' ? 'openai' : kind].headers(key);
  const found = await detectServer(async (path) => {
    try {
      const response = await fetch(`${url}${path}`, {
        headers,
        redirect: 'manual',
        signal: AbortSignal.timeout(LOOK_MS),
      });
      const text = await response.text();
      return { status: response.status, body: bodyFrom(key === '' ? text : text.replaceAll(key, '[key]')) };
    } catch {
      return null;
    }
  });
  if (!found.ok) throw new Stop(`--${option}: ${found.fault.message}`, exitCode(found.fault.code));
  if (kind === 'auto') return found.value;
  if (kind !== found.value.kind && found.value.kind !== 'openai')
    note(`The server says that it is ${KINDS[found.value.kind].label}; it is asked as ${KINDS[kind].label}.`);
  return { ...found.value, kind };
}

/**
 * The folder with the model's processor: the one that is named, or the server's own where it reads the model from a folder of this machine.
 * @param {string | null} named
 * @param {string} root where the server says that the model came from, or the model's name
 * @param {string} here
 * @returns {string | null}
 */
function processorFolder(named, root, here) {
  if (named !== null) {
    const dir = resolve(here, named);
    if (!existsSync(dir) || !statSync(dir).isDirectory())
      throw new Stop(`--server-processor: there is no folder ${named}.`, 2);
    if (!holdsProcessor(dir))
      throw new Stop(
        `--server-processor: ${named} holds no preprocessor_config.json, which says how the model's images are prepared.`,
        2,
      );
    return dir;
  }
  for (const dir of [resolve(here, root), dirname(resolve(here, root))])
    if (root.includes('/') && existsSync(dir) && statSync(dir).isDirectory() && holdsProcessor(dir)) {
      note(`How the model's images are prepared is read from the server's own folder ${dir}.`);
      return dir;
    }
  return null;
}

/** @param {string} dir */
function holdsProcessor(dir) {
  return PROCESSOR_FILES.some((name) => existsSync(join(dir, name)));
}
