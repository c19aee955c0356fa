import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../setup/setup.mjs';

/** Where a test run puts what it needs only while it runs. */
export const CACHE = join(ROOT, '.cache');

/** Path of the program of an installed package. */
export function bin(/** @type {string} */ path) {
  return join(ROOT, 'node_modules', path);
}

/**
 * Runs a Node program in the root; what it says is shown as it comes when `show`, and returned.
 * @param {readonly string[]} args
 * @param {{show?: boolean, env?: Record<string, string>}} [options]
 * @returns {Promise<{code: number, output: string}>}
 */
export function node(args, { show = false, env = {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        if (show) process.stdout.write(chunk);
      });
    }
    child.on('error', (error) => resolve({ code: 127, output: output + error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
