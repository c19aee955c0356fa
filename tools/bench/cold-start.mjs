/** How long a new user waits for the first score. */
import { join } from 'node:path';
import { openBrowser } from '../drive/browser.mjs';
import { openPage } from '../drive/page.mjs';
import { mountFolder, serve } from '../serve/server.mjs';
import { ROOT } from '../setup/setup.mjs';

/**
 * Seconds from opening the page to the demo's first stored score.
 * @param {string} url
 * @param {string} executable
 */
async function coldStart(url, executable) {
  const browser = await openBrowser(executable);
  try {
    const { page } = browser;
    let first = 0;
    const began = performance.now();
    await openPage(page, url, (event) => {
      if (event.type === 'append' && first === 0) first = performance.now();
    });
    /** @type {import('../../src/cli/evaluate-types.ts').EvaluateRequest} */
    const request = {
      benchmark: { base: 'drive/benchmark/', name: 'phantoms' },
      model: { base: 'models/phantom-vlm/', name: 'phantom-vlm', revision: null },
      methods: ['gd', 'ps'],
      prompts: { kind: 'default' },
      server: null,
      shots: null,
      judge: null,
      judging: { explain: false, byRule: false, selfTest: 0, dtype: 'auto' },
      paraphrases: { kind: 'usual' },
      reading: { mcParser: 'published', ffGap: 3 },
      device: 'wasm',
      dtype: 'fp32',
      threads: 'auto',
      limit: 2,
      allowUncertified: false,
      command: 'bench',
      resume: null,
    };
    await page.evaluate((r) => /** @type {any} */ (globalThis).lookalike.run('evaluate', r), request);
    return (first - began) / 1000;
  } finally {
    await browser.close();
  }
}

/**
 * @param {string} executable
 * @returns {Promise<number[]>} seconds of three cold starts
 */
export async function coldStarts(executable) {
  const phantoms = join(ROOT, 'public', 'benchmarks', 'phantoms');
  const dist = await serve({
    root: join(ROOT, 'dist'),
    port: 0,
    mounts: [await mountFolder('drive/benchmark', phantoms)],
  });
  const cold = [];
  for (let i = 0; i < 3; i++) cold.push(await coldStart(dist.url, executable));
  await dist.close();
  return cold;
}
