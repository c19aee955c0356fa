import { defineConfig } from '@playwright/test';
import { findChromium } from './tools/setup/chromium.mjs';

/** The browser tests: the built site, served with the real headers, in the Chrome or Chromium of this machine. */
const port = Number(process.env['LOOKALIKE_TEST_PORT'] ?? 4179);
const baseURL = `http://127.0.0.1:${port}/`;
/** Which folder of tests: `browser`, `soak`, or `browsers` (the demo in other browsers). */
const suite = process.env['LOOKALIKE_SUITE'] ?? 'browser';
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

/** Browser tests that take long carry this tag and run in the soak. */
const LONG = /@soak/;
const projects =
  suite === 'soak'
    ? [
        { name: 'soak', testDir: 'test/soak' },
        { name: 'browser', testDir: 'test/browser', grep: LONG },
      ]
    : [{ name: suite, testDir: `test/${suite}`, ...(suite === 'browser' ? { grepInvert: LONG } : {}) }];

export default defineConfig({
  projects,
  outputDir: 'test-results',
  workers: 1,
  fullyParallel: false,
  // A test that passes the second time has failed.
  retries: 0,
  // What hangs is found all the same; a busy machine is no reason to fail.
  timeout: suite === 'browser' ? 900_000 : 3_600_000,
  expect: { timeout: 180_000 },
  forbidOnly: Boolean(process.env['CI']),
  reporter: process.env['LOOKALIKE_REPORT']
    ? [['list'], ['json', { outputFile: process.env['LOOKALIKE_REPORT'] }]]
    : [['list']],
  use: {
    baseURL,
    browserName: 'chromium',
    // Nothing is measured or pressed in the middle of a movement.
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: { ...(executablePath === null ? {} : { executablePath }), args },
    trace: 'off',
  },
  webServer: {
    command: `node tools/serve/server.mjs --build --port ${port} --mount fixtures=test`,
    url: baseURL,
    // A key of some other server: no test's server may ever see it.
    env: { LOOKALIKE_SERVER_KEY: 'sk-of-another-server', LOOKALIKE_SERVER_URL: 'https://models.example' },
    reuseExistingServer: false,
    timeout: 600_000,
    stdout: 'ignore',
  },
});
