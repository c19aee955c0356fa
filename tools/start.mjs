/** `npm start`: installs, builds, serves, prints the address and opens it. */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { Stop, errorCode, note, runMain, words } from './say.mjs';
import { DEFAULT_PORT, parsePort, serve } from './server.mjs';
import { ensureBuilt, ensureInstalled } from './setup.mjs';

const HELP = `npm start [-- --port N] [-- --no-open]

Serves Lookalike on this machine only, at http://127.0.0.1:${DEFAULT_PORT}/, and opens it in the browser.
  --port N    another port (kept models and runs belong to an address: they stay with the port they were made on)
  --no-open   print the address only
`;

function arguments_() {
  const options = /** @type {const} */ ({
    port: { type: 'string' },
    'no-open': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Stop(`${words(error).split('. ')[0]}. See npm start -- --help.`, 2);
  }
}

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

async function main() {
  const values = arguments_();
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const port = parsePort(values.port);
  await ensureInstalled();
  const root = await ensureBuilt();
  let server;
  try {
    server = await serve({ root, port });
  } catch (error) {
    if (!(error instanceof Stop) || !error.message.includes('taken')) throw error;
    const url = `http://127.0.0.1:${port}/`;
    if (!(await isLookalike(url))) {
      throw new Stop(
        `Port ${port} is taken by another program. Close it, or choose another port: npm start -- --port ${port + 1} (models and runs kept at the old address stay there).`,
        2,
      );
    }
    process.stdout.write(`Lookalike is running already: ${url}\n`);
    if (!values['no-open'] && hasScreen()) open(url);
    return 0;
  }
  process.stdout.write(`Lookalike is at ${server.url} (this machine only; Ctrl-C ends it)\n`);
  if (!values['no-open'] && hasScreen()) open(server.url);
  await new Promise((resolve) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, resolve);
  });
  await server.close().catch((error) => note(errorCode(error)));
  return 0;
}

await runMain(main);
