import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LabRun } from '../support/lab/run.ts';

/** What the browser tests know of the demo: its files, its questions, and what they must give. */
export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

export interface OptionReference {
  readonly tokens: readonly number[];
  readonly token_logprobs: readonly number[];
  readonly ps: number;
  readonly ps_official: number;
}
export interface ItemReference {
  readonly gd: { readonly A: number; readonly B: number; readonly chosen: string; readonly prompt_tokens: number };
  readonly ps: Readonly<Record<'A' | 'B', OptionReference>>;
  /** Token ids of the letter prompt; kept for the first pair. */
  readonly gd_ids?: readonly number[];
  readonly mc_text?: string;
  readonly ff_text?: string;
}
export interface Reference {
  readonly prompts: { readonly letter: string; readonly open: string };
  readonly items: Readonly<Record<string, Readonly<Record<'im_1' | 'im_2', ItemReference>>>>;
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(REPOSITORY, path), 'utf8')) as T;
}

/** Files below a folder of the repository, with '/' and sizes. */
export function listing(dir: string, below = ''): { path: string; size: number }[] {
  return readdirSync(join(REPOSITORY, dir, below), { withFileTypes: true }).flatMap((e) =>
    e.isDirectory()
      ? listing(dir, `${below}${e.name}/`)
      : [{ path: below + e.name, size: statSync(join(REPOSITORY, dir, below, e.name)).size }],
  );
}

export const demoReference = (): Reference => readJson<Reference>('test/data/demo/reference.json');

/** A run of the first `pairs` pairs of the demo in the lab. */
export function demoRun(pairs: number, change: Partial<LabRun> = {}): LabRun {
  const dataset = readJson<LabRun['dataset']>('public/benchmarks/phantoms/data/dataset.json');
  return {
    base: '/models/phantom-vlm/',
    files: listing('public/models/phantom-vlm'),
    images: '/benchmarks/phantoms/data/images/',
    dataset: Object.fromEntries(Object.entries(dataset).slice(0, pairs)),
    prompts: demoReference().prompts,
    device: 'wasm',
    dtype: 'fp32',
    methods: ['gd', 'ps'],
    faults: [],
    ...change,
  };
}
