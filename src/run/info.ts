import type { Benchmark } from '../core/benchmark/types.ts';
import { familyOf } from '../core/families/registry.ts';
import type { Fault } from '../core/fault.ts';
import type { Work } from '../core/plan/types.ts';
import type { RunInfo } from '../core/results/run.ts';
import { SCORING_VERSION } from '../core/scoring/record.ts';
import type { Certified } from './certify.ts';
import { browserName } from './device.ts';
import type { ResolvedModel } from './ports.ts';
import type { RunConfig } from './types.ts';
import { VERSION } from './version.ts';

export interface InfoParts {
  readonly config: RunConfig;
  readonly benchmark: Benchmark;
  readonly model: ResolvedModel | null;
  readonly certified: Certified | null;
  readonly startedAt: string;
  readonly state: RunInfo['state'];
  readonly fault?: Fault;
  readonly work: Work;
  readonly seconds: { readonly load: number; readonly score: number };
  readonly command: string | null;
  readonly certificate: unknown;
}

/** run.json of a run (results.md). */
export function makeRunInfo(p: InfoParts): RunInfo {
  const { config, benchmark, model, certified } = p;
  const family = model ? familyOf(model.config) : null;
  const pairs = config.limit === null ? benchmark.pairs : benchmark.pairs.slice(0, config.limit);
  const images = new Set(pairs.flatMap((x) => x.images.map((i) => i.sha256)));
  const { name, prompts, system } = config.promptSet;
  return {
    format: 'lookalike-results/1',
    lookalike: VERSION,
    startedAt: p.startedAt,
    finishedAt: new Date().toISOString(),
    state: p.state,
    model: {
      id: model?.id ?? config.modelId,
      revision: model?.revision ?? null,
      family: family?.ok ? family.value.type : 'unknown',
      ...(family?.ok ? { familyStatus: family.value.status } : {}),
      dtype: certified?.certificate.dtype ?? {},
      files: model?.files ?? [],
    },
    benchmark: {
      name: benchmark.name,
      sha256: benchmark.sha256,
      pairs: pairs.length,
      questions: pairs.length * 2,
      images: images.size,
    },
    promptSet: {
      name,
      sha256: config.promptSetSha256,
      prompts: { ...prompts, ...(system === null ? {} : { system }) },
      ...(config.shotImages ? { shotImages: config.shotImages } : {}),
    },
    methods: config.methods,
    device: {
      kind: certified?.certificate.device ?? (config.device === 'webgpu' ? 'webgpu' : 'wasm'),
      adapter: certified?.loaded.device.adapter ?? null,
      features: certified?.loaded.device.features ?? [],
      limits: certified?.loaded.device.limits ?? {},
      browser: browserName(),
      threads: certified?.loaded.device.threads ?? 0,
    },
    libraries: certified?.loaded.libraries ?? {},
    scoringVersion: SCORING_VERSION,
    pixels: config.policy,
    certificate: p.certificate,
    work: p.work,
    seconds: p.seconds,
    command: p.command,
    ...(p.fault ? { fault: p.fault } : {}),
  };
}
