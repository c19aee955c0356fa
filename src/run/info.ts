import type { Benchmark } from '../core/benchmark/types.ts';
import { familyOf } from '../core/families/registry.ts';
import type { Fault } from '../core/fault.ts';
import type { Work } from '../core/plan/types.ts';
import type { PromptSet } from '../core/prompts/types.ts';
import type { JudgeInfo, RunInfo } from '../core/results/run.ts';
import { SCORING_VERSION } from '../core/scoring/record.ts';
import type { Certified } from './certify.ts';
import { browserName } from './device.ts';
import type { ResolvedModel } from './ports.ts';
import { addWork } from './progress.ts';
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
  /** Who read free answers; null where nobody did. */
  readonly judge: JudgeInfo | null;
}

/**
 * run.json of a run that goes on where an earlier part of it stopped: time and work add up, and where no device was needed this time (all was done, or it
 * stopped before) what made the records stays said.
 */
export function continuedInfo(earlier: RunInfo | null, parts: InfoParts): RunInfo {
  if (earlier === null) return makeRunInfo(parts);
  const info = makeRunInfo({
    ...parts,
    startedAt: earlier.startedAt,
    work: addWork(earlier.work, parts.work),
    seconds: {
      load: earlier.seconds.load + parts.seconds.load,
      score: earlier.seconds.score + parts.seconds.score,
    },
    certificate: parts.certificate ?? earlier.certificate,
    judge: parts.judge ?? earlier.judge ?? null,
  });
  if (parts.certified !== null) return info;
  return {
    ...info,
    model: { ...info.model, dtype: earlier.model.dtype },
    device: earlier.device,
    libraries: earlier.libraries,
  };
}

/** run.json of a run (results.md). */
export function makeRunInfo(p: InfoParts): RunInfo {
  const { config, benchmark, model, certified } = p;
  const family = model ? familyOf(model.config) : null;
  const pairs = config.limit === null ? benchmark.pairs : benchmark.pairs.slice(0, config.limit);
  const images = new Set(pairs.flatMap((x) => x.images.map((i) => i.sha256)));
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
      name: config.promptSet.name,
      sha256: config.promptSetSha256,
      prompts: textsOf(config.promptSet),
      ...(config.shotImages ? { shotImages: config.shotImages } : {}),
    },
    ...(config.paraphrases ? { paraphrases: config.paraphrases.map(paraphraseInfo) } : {}),
    methods: config.methods,
    ...(p.judge === null ? {} : { judge: p.judge }),
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

/** The texts of a prompt set, system text included. */
function textsOf({ prompts, system }: PromptSet): Readonly<Record<string, string>> {
  return { ...prompts, ...(system === null ? {} : { system }) };
}

function paraphraseInfo({
  promptSet,
  sha256,
}: NonNullable<RunConfig['paraphrases']>[number]): NonNullable<RunInfo['paraphrases']>[number] {
  return { name: promptSet.name, sha256, prompts: textsOf(promptSet) };
}
