import { defineConfig } from '@playwright/test';
import { findChromium } from './tools/chromium.mjs';

/** The browser tests: the built site, served with the real headers, in the Chrome or Chromium of this machine. */
const port = Number(process.env['LOOKALIKE_TEST_PORT'] ?? 4179);
const baseURL = `http://127.0.0.1:${port}/`;
const executablePath = findChromium();

/** Quiet on the network, and a WebGPU adapter on machines without one. */
const args = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
];

export default defineConfig({
  testDir: process.env['LOOKALIKE_SOAK'] ? 'test/soak' : 'test/browser',
  outputDir: 'test-results',
  workers: 1,
  fullyParallel: false,
  // Where nobody watches, a busy machine gets a second try; a real fault fails twice.
  retries: process.env['CI'] ? 2 : 0,
  timeout: process.env['LOOKALIKE_SOAK'] ? 1_800_000 : 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env['CI']),
  reporter: process.env['LOOKALIKE_REPORT']
    ? [['list'], ['json', { outputFile: process.env['LOOKALIKE_REPORT'] }]]
    : [['list']],
  use: {
    baseURL,
    browserName: 'chromium',
    launchOptions: { ...(executablePath === null ? {} : { executablePath }), args },
    trace: 'off',
  },
  webServer: {
    command: `node tools/server.mjs --build --port ${port} --mount fixtures=test`,
    url: baseURL,
    reuseExistingServer: false,
    timeout: 180_000,
    stdout: 'ignore',
  },
});
