import { spawnPixels } from '../../../src/bridge/spawn.ts';
import { WorkerClient } from '../../../src/bridge/worker.ts';
import type { Benchmark, Letter } from '../../../src/core/benchmark/types.ts';
import type { Certificate } from '../../../src/core/certificate/types.ts';
import { orThrow } from '../../../src/core/fault.ts';
import { DEFAULT_PIXEL_POLICY } from '../../../src/core/images/types.ts';
import type { RunInfo } from '../../../src/core/records/run-info.ts';
import { recordKey, type ResultRecord } from '../../../src/core/records/record.ts';
import type { EngineApi, FeatureData, Meters } from '../../../src/protocol/engine.ts';
import { startRun } from '../../../src/run/controller.ts';
import type { ResolvedModel } from '../../../src/engines/local/model.ts';
import { BUILTIN_JUDGE } from '../../../src/core/models/builtin.ts';
import { browserName, capabilities } from '../../../src/engines/local/device.ts';
import { openLocalEngine } from '../../../src/engines/local/engine.ts';
import { textAhead } from '../../../src/engines/local/text.ts';
import type { LocalStore, Workers } from '../../../src/engines/local/parts.ts';
import type { RunPorts } from '../../../src/run/ports.ts';
import { renderItem } from '../../../src/run/render.ts';
import { type RenderedPrompt } from '../../../src/core/plan/ask.ts';
import type { RunConfig } from '../../../src/core/records/run-config.ts';

export interface LabRun {
  readonly base: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly images: string;
  readonly dataset: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly prompts: { readonly letter: string; readonly open: string };
  readonly device: RunConfig['device'];
  readonly dtype: string;
  readonly methods: readonly string[];
  /**
   * After each of these numbers of finished groups, one fault: the GPU device destroyed, or the worker killed. The next is dealt when a group was finished
   * after the one before had struck: a group that is hit in each of its tries is given up by right.
   */
  readonly faults: readonly { readonly after: number; readonly delayMs: number; readonly kind: 'gpu' | 'worker' }[];
  readonly allowUncertified?: boolean;
  /** Afterwards, render the prompts of this pair's first image. */
  readonly renderPair?: string;
  /** Numbers of finished groups at which memory is looked at. */
  readonly sampleAt?: readonly number[];
  /** Image features and certificates outlive the run, for the next one on this page. */
  readonly keepFeatures?: boolean;
  readonly judgeId?: string;
  readonly judging?: RunConfig['judging'];
  readonly paraphrases?: RunConfig['paraphrases'];
  /** Records of an earlier part of the run. */
  readonly earlier?: readonly ResultRecord[];
}

export interface LabRunResult {
  readonly info: RunInfo;
  /** Every record that was handed to the store, in order; a doubled one would be seen here. */
  readonly kept: readonly ResultRecord[];
  readonly messages: readonly string[];
  readonly injected: number;
  readonly samples: readonly MemorySample[];
  readonly prompts: readonly RenderedPrompt[];
}

export type MemorySample = Meters & { readonly pageHeapBytes: number };

const keptFeatures = new Map<string, FeatureData>();
const keptCertificates = new Map<string, Certificate>();

/** Engine workers in the order of their start, so that faults can be dealt to the running one. */
const engines: { readonly worker: Worker; readonly client: WorkerClient<EngineApi> }[] = [];

const WATCHED: Workers = {
  engine: () => {
    const name = `engine-${crypto.randomUUID()}`;
    const worker = new Worker(new URL('../../../workers/vlm/engine.worker.ts', import.meta.url), {
      type: 'module',
      name,
    });
    const client = new WorkerClient<EngineApi>(worker, 'engine worker', name);
    engines.push({ worker, client });
    return client;
  },
  pixels: spawnPixels,
};

function benchmarkOf(run: LabRun): Benchmark {
  const pairs = Object.entries(run.dataset).map(([id, row]) => {
    const image = (k: 1 | 2) => {
      const local = String(row[`im_${k}_local`]);
      const right = row[`im_${k}_correct`] as Letter;
      return { path: local, local, categories: [], right, caption: null, sha256: local };
    };
    const options = { A: row['option_A'] ?? '', B: row['option_B'] ?? '' };
    return { id, question: row['question'] ?? '', options, images: [image(1), image(2)] as const, extra: {} };
  });
  return { name: 'lab', sha256: 'lab', pairs, skipped: [], problems: [] };
}

/** The product's own controller on ports in memory, with faults dealt out as it goes. */
export async function run(request: LabRun): Promise<LabRunResult> {
  const benchmark = benchmarkOf(request);
  const kept: ResultRecord[] = [...(request.earlier ?? [])];
  const config = (await (await fetch(`${request.base}config.json`)).json()) as unknown;
  const base = new URL(request.base, location.href).href;
  const model: ResolvedModel = {
    id: 'lab',
    revision: null,
    source: { kind: 'served', base, files: request.files },
    files: request.files.map((f) => ({ ...f, sha256: f.path })),
    config,
  };
  const features = request.keepFeatures ? keptFeatures : new Map<string, FeatureData>();
  const certificates = request.keepFeatures ? keptCertificates : new Map<string, Certificate>();
  const store: LocalStore = {
    image: async (sha) => (await fetch(`${request.images}${sha}.png`)).blob(),
    feature: (key) => Promise.resolve(features.get(key) ?? null),
    keepFeature: (key, f) => {
      features.set(key, f);
      return Promise.resolve();
    },
    certificate: (key) => Promise.resolve(certificates.get(key) ?? null),
    keepCertificate: (c) => {
      certificates.set(c.key, c);
      return Promise.resolve();
    },
  };
  const ports: RunPorts = {
    browser: browserName(),
    benchmark: () => Promise.resolve(benchmark),
    engine: (config) => Promise.resolve(openLocalEngine({ model, config, store, workers: WATCHED })),
    judge: async ({ judgeId, threads, device, judging }) => {
      const wish = { device, threads, dtype: judging?.dtype ?? 'auto', capabilities: await capabilities() };
      const none = { certificate: () => Promise.resolve(null), keepCertificate: () => Promise.resolve() };
      return orThrow(await textAhead(await served(judgeId ?? BUILTIN_JUDGE), wish, none));
    },
    judgeTest: () => Promise.resolve(null),
    keepJudgeTest: () => Promise.resolve(),
    records: () => Promise.resolve([...new Map(kept.map((r) => [recordKey(r), r])).values()]),
    keepRecords: (_id, records) => {
      if (!request.sampleAt) kept.push(...records); // what the test itself holds must not grow under its own eyes
      return Promise.resolve();
    },
    keepInfo: () => Promise.resolve(),
    info: () => Promise.resolve(null),
  };
  const handle = await startRun(ports, configOf(request));
  let [groups, injected] = [0, 0];
  const faults = [...request.faults];
  let dealt = false;
  const samples: Promise<MemorySample>[] = [];
  handle.onRecords(() => {
    groups++;
    if (request.sampleAt?.includes(groups)) samples.push(sample());
    const next = faults[0];
    if (next && !dealt && next.after <= groups) {
      faults.shift();
      dealt = true;
      setTimeout(() => {
        injected++;
        dealt = false;
        const engine = engines.at(-1);
        if (next.kind === 'worker') engine?.worker.terminate();
        else void engine?.client.api.loseDevice();
      }, next.delayMs);
    }
  });
  const info = await handle.finished;
  const rendered = request.renderPair ? await renderItem(ports, configOf(request), request.renderPair, 1) : null;
  if (rendered && !rendered.ok) throw new Error(rendered.fault.message);
  const prompts = rendered?.value ?? [];
  return { info, kept, messages: handle.progress().messages, injected, samples: await Promise.all(samples), prompts };
}

/** Memory of the running engine and of this page, after a collection where the browser allows one. */
async function sample(): Promise<MemorySample> {
  (globalThis as { gc?: () => void }).gc?.();
  const engine = engines.at(-1);
  if (!engine) throw new Error('No engine is running.');
  const meters = await engine.client.api.meters();
  const { memory } = performance as { memory?: { usedJSHeapSize: number } };
  return { ...meters, pageHeapBytes: memory?.usedJSHeapSize ?? 0 };
}

/** A model folder that ships with the app, by the product's own id for it. */
async function served(id: string): Promise<ResolvedModel> {
  const base = new URL(id.replace('served:', ''), document.baseURI).href;
  const index = (await (await fetch(`${base}index.json`)).json()) as { name: string; files: ResolvedModel['files'] };
  return {
    id: index.name,
    revision: null,
    source: { kind: 'served', base, files: index.files },
    files: index.files,
    config: null,
  };
}

function configOf(request: LabRun): RunConfig {
  return {
    id: 'lab-run',
    createdAt: new Date().toISOString(),
    benchmarkId: 'lab',
    benchmarkName: 'lab',
    modelId: 'lab',
    methods: request.methods,
    promptSet: { name: 'lookalike', system: null, prompts: request.prompts },
    promptSetSha256: '',
    device: request.device,
    dtype: request.dtype,
    threads: 'auto',
    limit: null,
    policy: DEFAULT_PIXEL_POLICY,
    allowUncertified: request.allowUncertified ?? false,
    keepFeatures: request.keepFeatures ?? false,
    ...(request.judgeId ? { judgeId: request.judgeId } : {}),
    ...(request.judging ? { judging: request.judging } : {}),
    ...(request.paraphrases ? { paraphrases: request.paraphrases } : {}),
  };
}
