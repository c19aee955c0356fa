/** The key of a model server out of the environment, and the one server that it belongs to. */
import { typescript } from '../cli/source.mjs';
import { Stop } from '../say.mjs';

/** @typedef {import('../../src/core/servers/keys.ts').HeldKey} HeldKey */

/**
 * @param {string | null} named address of the server that the command line names; null where the page does
 * @param {{key: string, url: string}} [names] of the variables
 * @returns {Promise<{keys: readonly HeldKey[], unbound: boolean}>} unbound: a key is there that belongs to no server
 */
export async function environmentKeys(named, names = { key: 'LOOKALIKE_SERVER_KEY', url: 'LOOKALIKE_SERVER_URL' }) {
  const key = process.env[names.key] ?? '';
  if (key === '') return { keys: [], unbound: false };
  await typescript();
  const { heldKey } = await import('../../src/core/servers/keys.ts');
  const held = heldKey(key, process.env[names.url] ?? '', named);
  if (!held.ok) throw new Stop(held.fault.message, 2);
  return held.value === null ? { keys: [], unbound: true } : { keys: [held.value], unbound: false };
}
