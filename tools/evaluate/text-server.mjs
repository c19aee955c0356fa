/** `--judge server:URL#NAME`, `--writer server:URL#NAME`: a text model behind a server. */
import { typescript } from '../cli/source.mjs';
import { text, wrong } from '../cli/kinds.mjs';
import { baseOf } from '../drive/mounts.mjs';
import { Stop } from '../say.mjs';
import { environmentKeys } from '../serve/keys.mjs';
import { keyOf, look, onlyModel } from './server.mjs';

/** The option that agrees to texts leaving this machine. */
export const sendTexts = text(
  'HOST',
  'agree that texts (questions, answers, captions) leave this machine for this host; a judge or writer on a server elsewhere needs it',
);

/** @typedef {import('../../src/core/servers/config.ts').ServerConfig} ServerConfig */
/** @typedef {import('../../src/core/servers/kinds.ts').ServerKind} ServerKind */
/** @typedef {{config: ServerConfig, keys: readonly import('../serve/keys.mjs').HeldKey[], host: string}} TextServer */

/** Where the kind is not found out but named: `anthropic:https://api.anthropic.com#NAME`. */
const FOUND_OUT = 'server';

/**
 * Reads `KIND:URL#NAME`; null where a folder or a model of the hub is meant.
 * @param {string | null} typed
 * @returns {Promise<{kind: ServerKind | 'auto', url: string, model: string} | null>}
 */
async function named(typed) {
  const [, kind = '', url = '', model = ''] = /^([a-z]+):([^#]+)(?:#(.*))?$/.exec(typed ?? '') ?? [];
  if (kind === '') return null;
  await typescript();
  const { isServerKind } = await import('../../src/core/servers/kinds.ts');
  if (kind === FOUND_OUT) return { kind: 'auto', url, model };
  return isServerKind(kind) ? { kind, url, model } : null;
}

/**
 * The server that an option names, found and looked at; null where it names none. Nothing is sent to another machine before its host was agreed to.
 * @param {string} option 'judge' or 'writer'
 * @param {string | null} typed
 * @param {{agreed: readonly (string | null)[], server?: string | null}} about
 *   agreed: hosts that texts may be sent to; server: the one of --server, whose key LOOKALIKE_SERVER_KEY then is
 * @returns {Promise<TextServer | null>}
 */
export async function textServer(option, typed, { agreed, server = null }) {
  const wanted = await named(typed);
  if (wanted === null) return null;
  const { serverAddress } = await import('../../src/core/servers/address.ts');
  const address = serverAddress(wanted.url);
  if (!address.ok) throw new Stop(`--${option}: ${address.fault.message}`, 2);
  const { url, host, local } = address.value;
  if (!local && !agreed.includes(host))
    throw wrong(
      `--${option}: texts of your own (questions, answers, captions) would leave this machine for ${host}. If they may, add --send-texts-to ${host}.`,
    );
  const { originOf } = await import('../../src/core/servers/keys.ts');
  const beside = server !== null && originOf(server) !== originOf(url);
  const { keys } = await environmentKeys(url, beside ? { key: 'LOOKALIKE_JUDGE_KEY', url: '' } : undefined);
  const found = await look(option, wanted, url, await keyOf(keys, url));
  const model =
    wanted.model === ''
      ? onlyModel(`--${option}`, found.models, `behind the address, as in ${typed ?? ''}#NAME`)
      : wanted.model;
  return {
    config: {
      ...{ kind: found.kind, url, model },
      ...{ dtype: null, quantisation: null, concurrency: 1, prices: null, budget: null, processor: null },
    },
    ...{ keys, host },
  };
}

/**
 * The server that has the judge; null where it is a model of this machine.
 * @param {import('./options.mjs').EvaluateValues} values
 */
export async function judgeServer(values) {
  const agreed = [values['send-texts-to'], values['send-images-to']];
  const served = await textServer('judge', values.judge, { agreed, server: values.server });
  if (served && values['judge-dtype'] !== 'auto')
    throw wrong('--judge-dtype is about the weights of a judge on this device; a server has its own.');
  if (!served && values['send-texts-to'] !== null) throw wrong('--send-texts-to belongs to --judge server:URL#NAME.');
  return served;
}

/**
 * The writer that an option names: behind a server, or a folder.
 * @template {{name: string}} F
 * @param {string | null} typed
 * @param {string | null} sendTo the host that texts may leave for
 * @param {() => Promise<F>} fromFolder
 * @returns {Promise<{named: import('../../src/cli/types.ts').NamedText, folder: F | null, remote: {keys: TextServer['keys'], agreed: readonly string[]} | null}>}
 */
export async function writerChoice(typed, sendTo, fromFolder) {
  const served = await textServer('writer', typed, { agreed: [sendTo] });
  if (served)
    return { named: { server: served.config }, folder: null, remote: { keys: served.keys, agreed: [served.host] } };
  if (sendTo !== null) throw wrong('--send-texts-to belongs to --writer server:URL#NAME.');
  const folder = await fromFolder();
  return { named: { base: baseOf('writer'), name: folder.name }, folder, remote: null };
}
