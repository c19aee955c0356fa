import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from '@playwright/test';
import { BlobReader, TextWriter, ZipReader } from '@zip.js/zip.js';
import type { Driver } from '../support/browsers/driver.ts';

/* What a user does on the page, in any browser. */

/** Milliseconds; what hangs is found all the same, and a busy machine is no reason to fail. */
const LONG = 600_000;

const CLICK = `
  const [selector, pattern] = args;
  const named = (e) => new RegExp(pattern).test((e.getAttribute('aria-label') ?? e.textContent).replace(/\\s+/g, ' ').trim());
  const found = [...document.querySelectorAll(selector)].find((e) => named(e) && !e.disabled);
  found?.click();
  return found !== undefined;`;

/** Clicks what has this name, once it is there. */
export async function click(browser: Driver, selector: string, name: RegExp): Promise<void> {
  const message = `to click ${name}`;
  await expect.poll(() => browser.call(CLICK, selector, name.source), { message, timeout: LONG }).toBe(true);
}

/** Waits until the page says something. */
export async function says(browser: Driver, what: RegExp, timeout = LONG): Promise<void> {
  const text = (): Promise<unknown> => browser.call('return document.body.innerText');
  await expect.poll(text, { timeout }).toMatch(what);
}

/** Waits until something on the page says this and nothing else. */
export async function shows(browser: Driver, text: string, timeout = LONG): Promise<void> {
  const body = 'return [...document.querySelectorAll("main *")].some((e) => e.textContent.trim() === args[0])';
  await expect.poll(() => browser.call(body, text), { message: `to show "${text}"`, timeout }).toBe(true);
}

/** Fills the field with this label. */
export async function fill(browser: Driver, label: string, value: string): Promise<void> {
  const body = `
    const label = [...document.querySelectorAll('label')].find((e) => e.textContent.includes(args[0]));
    const field = label?.control;
    if (!field) return false;
    field.value = args[1];
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
    return true;`;
  await expect.poll(() => browser.call(body, label, value), { timeout: LONG }).toBe(true);
}

/**
 * Chooses a folder of this machine. WebDriver hands over files without the folder's path, which a person's choice brings: it is put beside them by
 * their names. Everything else is as the browser gives it.
 */
export async function chooseFolder(browser: Driver, name: string, files: ReadonlyMap<string, string>): Promise<void> {
  const paths = Object.fromEntries([...files].map(([path, file]) => [basename(file), `${name}/${path}`]));
  await expect
    .poll(() => browser.call(`return document.querySelector('input[webkitdirectory]') !== null`), { timeout: LONG })
    .toBe(true);
  await browser.call(
    `const paths = args[0];
     const input = document.querySelector('input[webkitdirectory]');
     input.multiple = true;
     input.id = 'folder-to-choose';
     Object.defineProperty(File.prototype, 'webkitRelativePath', {
       configurable: true, get() { return paths[this.name] ?? ''; },
     });`,
    paths,
  );
  await browser.setFiles('#folder-to-choose', [...files.values()]);
}

/** The files of the newest zip among the downloads, once it is whole. */
export async function downloaded(browser: Driver): Promise<ReadonlyMap<string, string>> {
  const zips = (): string[] =>
    existsSync(browser.downloads) ? readdirSync(browser.downloads).filter((f) => f.endsWith('.zip')) : [];
  let files = new Map<string, string>();
  const whole = async (): Promise<boolean> => {
    files = new Map();
    const bytes = readFileSync(join(browser.downloads, zips()[0] ?? ''));
    const reader = new ZipReader(new BlobReader(new Blob([new Uint8Array(bytes)])));
    for (const entry of await reader.getEntries())
      if (!entry.directory) files.set(entry.filename, await entry.getData(new TextWriter()));
    return files.size > 0;
  };
  const message = 'the export lies among the downloads';
  await expect.poll(() => whole().catch(() => false), { message, timeout: LONG }).toBe(true);
  return files;
}
