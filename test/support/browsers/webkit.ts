import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ensureWebKit } from '../../../tools/setup/browsers.mjs';
import type { Driver } from './driver.ts';

/** Milliseconds that one script may take; a busy machine takes long over a start. */
const SCRIPT_MS = 180_000;
/** How W3C WebDriver names an element in JSON. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Calls the `async` function whose body is the first argument with the others. */
const CALL = `const done = arguments[arguments.length - 1];
  (async (...args) => { BODY })(...[...arguments].slice(0, -1)).then(
    (value) => done({ value: value === undefined ? null : value }), (error) => done({ error: String(error) }));`;

/** WebKitWebDriver itself has ended: what it drove is then unknown, neither right nor wrong. */
export class DriverEnded extends Error {}

/** A screen in memory; its name once it is there. */
async function openScreen(program: string): Promise<{ name: string; process: ChildProcess }> {
  const child = spawn(program, ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const said = child.stdio[3];
  const name = await new Promise<string>((resolve, reject) => {
    said?.once('data', (bytes: Buffer) => resolve(`:${bytes.toString().trim()}`));
    child.once('exit', () => reject(new Error('Xvfb ended while it started')));
  });
  return { name, process: child };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Waits until the driver answers. */
async function ready(base: string, driver: ChildProcess): Promise<void> {
  for (;;) {
    if (driver.exitCode !== null) throw new DriverEnded(`WebKitWebDriver ended with ${driver.exitCode}`);
    const answer = await fetch(`${base}/status`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** WebKitGTK's smallest browser by W3C WebDriver; its sessions under automation are private ones. */
export async function openWebKit(programs: ReturnType<typeof ensureWebKit>): Promise<Driver> {
  const home = mkdtempSync(join(tmpdir(), 'lookalike-webkit-'));
  const downloads = join(home, 'Downloads');
  mkdirSync(downloads);
  mkdirSync(join(home, '.config'));
  writeFileSync(join(home, '.config', 'user-dirs.dirs'), 'XDG_DOWNLOAD_DIR="$HOME/Downloads"\n');
  const screen = await openScreen(programs.screen);
  const port = await freePort();
  const env = { ...process.env, DISPLAY: screen.name, HOME: home, XDG_CONFIG_HOME: join(home, '.config') };
  const driver = spawn(programs.driver, [`--port=${port}`], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(driver, 'exit');
  let said = '';
  driver.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const base = `http://127.0.0.1:${port}`;
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(base + path, { method: 'POST', body: JSON.stringify(body) }).catch(
      async (cause: unknown) => {
        // A connection that breaks and the end of the process are heard of in either order.
        await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000))]);
        const end = driver.signalCode ?? driver.exitCode;
        if (end !== null)
          throw new DriverEnded(`WebKitWebDriver ended by itself (${end}): ${said.slice(-2000)}`, { cause });
        throw new Error(`WebKitWebDriver does not answer ${path}: ${said.slice(-2000)}`, { cause });
      },
    );
    const { value } = (await answer.json()) as { value: { error?: string; message?: string } | null };
    if (value?.error !== undefined) throw new Error(`${value.error}: ${value.message ?? ''}`);
    return value;
  };
  await ready(base, driver);
  const options = { binary: programs.browser, args: ['--automation'] };
  const timeouts = { script: SCRIPT_MS, pageLoad: SCRIPT_MS };
  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options, timeouts } };
  const session = (await post('/session', { capabilities })) as {
    sessionId: string;
    capabilities: { browserVersion: string };
  };
  const at = `/session/${session.sessionId}`;
  return {
    version: `WebKitGTK ${session.capabilities.browserVersion}`,
    downloads,
    goto: async (url) => void (await post(`${at}/url`, { url })),
    reload: async () => void (await post(`${at}/refresh`, {})),
    call: async (body, ...args) => {
      const script = CALL.replace('BODY', () => body);
      const got = (await post(`${at}/execute/async`, { script, args })) as { value?: unknown; error?: string };
      if (got.error !== undefined) throw new Error(got.error);
      return got.value ?? null;
    },
    setFiles: async (selector, paths) => {
      const found = (await post(`${at}/element`, { using: 'css selector', value: selector })) as Record<string, string>;
      await post(`${at}/element/${found[ELEMENT] ?? ''}/value`, { text: paths.join('\n') });
    },
    close: async () => {
      await fetch(base + at, { method: 'DELETE' }).catch(() => undefined);
      driver.kill();
      screen.process.kill();
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
