import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import type { Driver } from './driver.ts';

/** Milliseconds; a busy machine takes long over a start. */
const START_MS = 600_000;

/**
 * Firefox by WebDriver BiDi, without a window, in a fresh profile.
 * @param prefs preferences as in about:config
 */
export async function openFirefox(executable: string, prefs: Readonly<Record<string, unknown>> = {}): Promise<Driver> {
  const downloads = mkdtempSync(join(tmpdir(), 'lookalike-firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: executable,
    headless: true,
    timeout: START_MS,
    protocolTimeout: START_MS,
    extraPrefsFirefox: { 'browser.download.folderList': 2, 'browser.download.dir': downloads, ...prefs },
  });
  const page = (await browser.pages())[0] ?? (await browser.newPage());
  page.setDefaultTimeout(START_MS);
  return {
    version: (await browser.version()).replace('/', ' '),
    downloads,
    goto: async (url) => void (await page.goto(url)),
    reload: async () => void (await page.reload()),
    call: (body, ...args) =>
      // The function is made here and compiled by the browser: the page's own policy forbids eval.
      page.evaluate(
        new Function('args', `return (async (...args) => {${body}})(...args)`) as (a: readonly unknown[]) => unknown,
        args,
      ),
    setFiles: async (selector, paths) => {
      const input = await page.$(selector);
      if (!input) throw new Error(`no ${selector} on the page`);
      await (input as unknown as { uploadFile(...p: string[]): Promise<void> }).uploadFile(...paths);
    },
    close: async () => {
      await browser.close();
      rmSync(downloads, { recursive: true, force: true });
    },
  };
}
