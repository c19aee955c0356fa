/** `start`, and `npm start`: installs, builds, serves, prints the address and opens it. */
import { spawn } from 'node:child_process';
import { flag } from '../cli/kinds.mjs';
import { Stop, errorCode, note } from '../say.mjs';
import { environmentKeys } from '../serve/keys.mjs';
import { createRemote } from '../serve/remote.mjs';
import { DEFAULT_PORT, parsePort, serve } from '../serve/server.mjs';
import { ensureBuilt, ensureInstalled } from '../setup/setup.mjs';

/** Whether there is a person at a screen of this machine. */
function hasScreen() {
  const { env } = process;
  if (env['CI'] || env['SSH_CONNECTION'] || !process.stdout.isTTY) return false;
  return process.platform !== 'linux' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

/** Opens the address in the user's browser; the printed address remains where that fails. */
function open(/** @type {string} */ url) {
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['cmd', ['/c', 'start', '', url]]
        : ['xdg-open', [url]];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

/** Whether what answers on the port is Lookalike itself. */
async function isLookalike(/** @type {string} */ url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    return (await response.text()).includes('<title>Lookalike</title>');
  } catch {
    return false;
  }
}

function options() {
  return {
    port: {
      value: 'N',
      meaning: 'another port (kept models and runs belong to an address: they stay with the port they were made on)',
      parse: (/** @type {string} */ typed) => parsePort(typed),
      fallback: DEFAULT_PORT,
    },
    'no-open': flag('print the address only'),
  };
}

/**
 * Serves the built page; null where Lookalike runs at that address already.
 * @param {number} port
 */
async function serveOnce(port) {
  const root = await ensureBuilt();
  try {
    const remote = await createRemote(await environmentKeys(null));
    return await serve({ root, port, remote });
  } catch (error) {
    if (!(error instanceof Stop) || !error.message.includes('taken')) throw error;
    if (await isLookalike(`http://127.0.0.1:${port}/`)) return null;
    throw new Stop(
      `Port ${port} is taken by another program. Close it, or choose another port: npm start -- --port ${port + 1} (models and runs kept at the old address stay there).`,
      2,
    );
  }
}

/**
 * @param {import('../cli/types.ts').Values<ReturnType<typeof options>>} values
 */
async function run(values) {
  await ensureInstalled();
  const server = await serveOnce(values.port);
  const url = server?.url ?? `http://127.0.0.1:${values.port}/`;
  process.stdout.write(
    server === null
      ? `Lookalike is running already: ${url}\n`
      : `Lookalike is at ${url} (this machine only; Ctrl-C ends it)\n`,
  );
  if (!values['no-open'] && hasScreen()) open(url);
  if (server === null) return 0;
  await new Promise((resolve) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, resolve);
  });
  await server.close().catch((error) => note(errorCode(error)));
  return 0;
}

/** @satisfies {import('../cli/types.ts').Command<ReturnType<typeof options>>} */
export const command = {
  name: 'start',
  summary: 'serves the page on this machine only and opens it in the browser',
  about: `The address is http://127.0.0.1:${DEFAULT_PORT}/.`,
  options,
  run,
};
