import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const DEMO_BENCHMARK = 'public/benchmarks/phantoms';
export const DEMO_MODEL = 'public/models/phantom-vlm';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Sends the signal once standard error matches. */
  readonly signal?: { readonly when: RegExp; readonly name: 'SIGINT' | 'SIGKILL' };
  /** Called with standard error so far; for looking at the disk in the middle of a run. */
  readonly watch?: (stderr: string) => void;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `evaluate` as a person would, with a software WebGPU adapter, and waits for its end. */
export function evaluate(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return command(['evaluate', ...args], options);
}

/** Runs a command of the command line, its name first, and waits for its end. */
export function command(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const env = { ...process.env, LOOKALIKE_CHROMIUM_ARGS: '--use-webgpu-adapter=swiftshader', ...options.env };
  const child = spawn(process.execPath, ['tools/lookalike.mjs', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let sent = false;
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString();
    options.watch?.(stderr);
    if (options.signal && !sent && options.signal.when.test(stderr)) {
      sent = true;
      child.kill(options.signal.name);
    }
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? (signal === 'SIGKILL' ? 137 : -1), stdout, stderr }));
  });
}

/** A folder for a file's tests; made at the first use, since the runner reads every file before it runs any. */
export function scratch(): { path: (...parts: string[]) => string; remove: () => void } {
  let dir: string | null = null;
  return {
    path: (...parts) => join((dir ??= mkdtempSync(join(tmpdir(), 'lookalike-test-'))), ...parts),
    remove: () => {
      if (dir !== null) rmSync(dir, { recursive: true, force: true });
      dir = null;
    },
  };
}

type Questions = Record<string, Record<string, unknown>>;

/** A copy of the demo's first pairs, changed by the test. */
export function copyBenchmark(
  to: string,
  pairs: number,
  change: (questions: Questions) => void = () => undefined,
): void {
  cpSync(DEMO_BENCHMARK, to, { recursive: true });
  const file = join(to, 'data', 'dataset.json');
  const all = JSON.parse(readFileSync(file, 'utf8')) as Questions;
  const kept = Object.fromEntries(Object.entries(all).slice(0, pairs));
  change(kept);
  writeFileSync(file, JSON.stringify(kept));
}

export interface Line {
  readonly pair: string;
  readonly image: 1 | 2;
  readonly method: string;
  readonly status: string;
  readonly chosen: 'A' | 'B' | null;
  readonly options: Readonly<
    Record<'A' | 'B', { score: number; sum: number; tokens: number[]; tokenLogprobs: number[] }>
  >;
}

/** The lines of a results folder's records.jsonl. */
export function recordLines(out: string): Line[] {
  const text = readFileSync(join(out, 'records.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** A JSON file of a results folder. */
export function readJson(out: string, name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(out, name), 'utf8')) as Record<string, unknown>;
}
