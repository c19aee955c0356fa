import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { findChromium } from '../../../tools/setup/chromium.mjs';
import { noise } from '../../unit/store/noise.ts';
import { startHub, type FakeHub } from '../hub/hub.ts';
import type { Site } from './site.ts';
import type {} from './store-page/main.ts';

export const REPOSITORY = 'acme/tiny-vlm';
export const WEIGHTS = 'onnx/decoder_model_merged_q4.onnx_data';
export const MB = 1024 * 1024;

/** A hub that holds one model whose weights have so many bytes. */
export function hubOf(bytes: number, port?: number): Promise<FakeHub> {
  const files = new Map<string, Uint8Array>([
    ['config.json', new TextEncoder().encode('{"model_type":"smolvlm"}')],
    ['tokenizer.json', noise(30_000, 7)],
    ['onnx/decoder_model_merged_q4.onnx', noise(2 * MB, 5)],
    [WEIGHTS, noise(bytes, 3)],
  ]);
  return startHub({ repository: REPOSITORY, files, ...(port === undefined ? {} : { port }) });
}

const ARGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export interface Profile {
  open(): Promise<BrowserContext>;
  /** As a process of its own, which can be killed as a crash or a power cut would. */
  launch(): Promise<{ readonly context: BrowserContext; kill(): Promise<void> }>;
  remove(): void;
}

/** A browser profile on disk, so that what is kept outlives the browser. */
export function newProfile(): Profile {
  const dir = mkdtempSync(join(tmpdir(), 'lookalike-profile-'));
  const executablePath = findChromium();
  const options = { ...(executablePath === null ? {} : { executablePath }), args: ARGS };
  return {
    open: () => chromium.launchPersistentContext(dir, options),
    launch: () => launchProcess(dir, executablePath ?? 'chromium'),
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}

async function launchProcess(
  dir: string,
  executable: string,
): Promise<{ context: BrowserContext; kill(): Promise<void> }> {
  rmSync(join(dir, 'DevToolsActivePort'), { force: true });
  // A group of its own: SIGKILL must reach the browser's children too, as a power cut would.
  const child = spawn(
    executable,
    [...ARGS, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${dir}`, 'about:blank'],
    {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const endpoint = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      const match = /DevTools listening on (ws:\S+)/.exec(said);
      if (match?.[1]) resolve(match[1]);
    });
    child.once('exit', () => reject(new Error(`the browser did not start: ${said}`)));
  });
  const browser = await chromium.connectOverCDP(endpoint, { timeout: 180_000 });
  const context = browser.contexts()[0] ?? (await browser.newContext());
  const kill = async (): Promise<void> => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await gone;
    await browser.close().catch(() => undefined);
  };
  return { context, kill };
}

/** A page of the site that may reach the hub: allowed as a user would, then reloaded. */
export async function connectedPage(context: BrowserContext, site: Site, hub: FakeHub): Promise<Page> {
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(site.url);
  const reach = await page.evaluate(([url, delivery]) => window.storeLab.allowHub(url, [delivery]), [
    hub.url,
    hub.delivery,
  ] as const);
  if (reach !== 'open') await page.reload();
  await page.waitForFunction(() => 'storeLab' in window);
  return page;
}

/** Lists the hub's model and notes its download; the id. */
export async function planIn(page: Page, hub: FakeHub, partBytes?: number): Promise<string> {
  return page.evaluate(
    async ([address, repository, part]) => {
      const lab = window.storeLab;
      const store = await lab.openStore();
      const client = lab.createHub({ address });
      const quiet = { signal: undefined };
      const { commit } = await lab.repositoryFacts(client, repository, 'main', quiet);
      const files = await lab.listFiles(client, repository, commit, quiet);
      const plan = { repository, revision: commit, files, ...(part === null ? {} : { partBytes: part }) };
      const { id } = await lab.planDownload(store, client, plan);
      store.close();
      return id;
    },
    [hub.url, REPOSITORY, partBytes ?? null] as const,
  );
}

export type Ran =
  { readonly model: string; readonly lost: number } | { readonly code: string; readonly message: string };

/** Runs a noted download to its end and verifies the model, or tells the fault. */
export async function runIn(page: Page, hub: FakeHub, id: string, stallMs = 300_000): Promise<Ran> {
  return page.evaluate(
    async ([address, download, stall]) => {
      const lab = window.storeLab;
      const store = await lab.openStore();
      const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 200)));
      try {
        const kept = await lab.runDownload(store, lab.createHub({ address, stallMs: stall, pause }), download);
        return { model: kept.id, lost: (await lab.verifyModel(store, kept.id)).lost.length };
      } catch (error) {
        const fault =
          error instanceof Error && 'fault' in error ? (error.fault as { code: string; message: string }) : null;
        return { code: fault?.code ?? 'none', message: fault?.message ?? String(error) };
      } finally {
        store.close();
      }
    },
    [hub.url, id, stallMs] as const,
  );
}

/** Bytes that the hub has sent of the large file. */
export const sentOf = (hub: FakeHub): number => hub.served.get(WEIGHTS) ?? 0;
