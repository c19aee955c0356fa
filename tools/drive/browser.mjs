/** Starts headless Chromium with a profile of its own, and opens the built page in it. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alive } from '../setup/lock.mjs';
import { Stop, words } from '../say.mjs';

/** Nothing but the page: no look-ups, updates or accounts of the browser's own. WebGPU is asked for, never forced onto software. */
const ARGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
  '--enable-unsafe-webgpu',
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
];

/**
 * Further browser arguments for tests (LOOKALIKE_CHROMIUM_ARGS, separated by spaces): a software WebGPU adapter is one.
 * @param {string | undefined} text
 */
function extraArgs(text) {
  return (text ?? '').split(/\s+/).filter((arg) => arg !== '');
}

/** Milliseconds that a page may take to load: what hangs is found all the same, and a busy machine takes long. */
export const READY_MS = 180_000;

const PROFILE = 'lookalike-profile-';

/** Removes the profiles of commands that were killed before they could. */
function sweepProfiles() {
  for (const name of readdirSync(tmpdir())) {
    const owner = new RegExp(`^${PROFILE}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !alive(Number(owner))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

/**
 * A page in a fresh browser. The profile is a folder of its own, so that images and records have the disk and not only memory.
 * @param {string} executablePath
 * @returns {Promise<{page: import('playwright-core').Page, context: import('playwright-core').BrowserContext, close: () => Promise<void>}>}
 */
export async function openBrowser(executablePath) {
  const { chromium } = await import('playwright-core');
  sweepProfiles();
  const profile = mkdtempSync(join(tmpdir(), `${PROFILE}${process.pid}-`));
  const forget = () => rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  let context;
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      args: [...ARGS, ...extraArgs(process.env['LOOKALIKE_CHROMIUM_ARGS'])],
      handleSIGINT: false, // Ctrl-C is ours: the run stops first, then the browser
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (error) {
    forget();
    throw new Stop(
      `${executablePath} could not be started: ${words(error).split('\n').slice(0, 12).join('\n')}\nSet CHROME_PATH to another Chrome or Chromium.`,
      3,
    );
  }
  context.setDefaultTimeout(READY_MS);
  const page = context.pages()[0] ?? (await context.newPage());
  const close = async () => {
    await context.close().catch(() => {}); // it may have died already: then only the folder is left
    forget();
  };
  return { page, context, close };
}
