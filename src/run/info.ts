import { limitPairs } from '../core/benchmark/select.ts';
import type { Benchmark } from '../core/benchmark/types.ts';
import { probeInfo } from '../core/methods/probes.ts';
import { DEFAULT_CHAT } from '../core/chat/settings.ts';
import type { Fault } from '../core/fault.ts';
import { addWork, type Work } from '../core/plan/types.ts';
import type { PromptSet } from '../core/prompts/types.ts';
import { benchmarkInfo } from '../core/records/benchmark-info.ts';
import type { JudgeInfo, RunInfo } from '../core/records/run-info.ts';
import { SCORING_VERSION } from '../core/records/record.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import type { ServerInfo } from '../core/servers/config.ts';
import type { ImageSimilarities } from '../core/statistics/image-similarity.ts';
import { VERSION } from '../core/version.ts';
import type { EngineFacts, ModelFacts } from '../engines/engine.ts';

export interface InfoParts {
  readonly config: RunConfig;
  readonly benchmark: Benchmark;
  /** null where the model could not even be found. */
  readonly model: ModelFacts | null;
  /** null where no engine was loaded. */
  readonly facts: EngineFacts | null;
  readonly startedAt: string;
  readonly state: RunInfo['state'];
  readonly fault?: Fault;
  readonly work: Work;
  readonly imageSimilarity: ImageSimilarities;
  readonly seconds: { readonly load: number; readonly score: number };
  readonly command: string | null;
  readonly browser: string;
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
    judge: parts.judge ?? earlier.judge ?? null,
  });
  if (parts.facts !== null) return info;
  return {
    ...info,
    model: { ...info.model, dtype: earlier.model.dtype },
    ...(earlier.chat ? { chat: earlier.chat } : {}),
    device: earlier.device,
    ...(earlier.server ? { server: earlier.server } : {}),
    libraries: earlier.libraries,
    certificate: earlier.certificate,
  };
}

/** run.json of a run (docs/results.md). */
function makeRunInfo(p: InfoParts): RunInfo {
  const { config, benchmark, facts } = p;
  const { files, ...model } = p.model ?? { id: config.modelId, revision: null, family: 'unknown', files: [] };
  return {
    format: 'lookalike-results/1',
    lookalike: VERSION,
    startedAt: p.startedAt,
    finishedAt: new Date().toISOString(),
    state: p.state,
    model: { ...model, dtype: facts?.dtype ?? {}, files },
    benchmark: benchmarkInfo(benchmark, limitPairs(benchmark, config.limit)),
    ...(config.shard ? { shard: config.shard } : {}),
    promptSet: {
      name: config.promptSet.name,
      sha256: config.promptSetSha256,
      prompts: textsOf(config.promptSet),
      ...more(config.promptSet),
      ...(config.shotImages ? { shotImages: config.shotImages } : {}),
    },
    ...(config.paraphrases ? { paraphrases: config.paraphrases.map(paraphraseInfo) } : {}),
    methods: config.methods,
    ...(config.probes ? { probes: probeInfo(config.probes) } : {}),
    chat: { ...(config.chat ?? DEFAULT_CHAT), template: facts?.template ?? null },
    ...(p.judge === null ? {} : { judge: p.judge }),
    device: facts?.device ?? (facts?.server ? serverDevice(p, facts.server) : noDevice(p)),
    ...(facts?.server ? { server: facts.server } : {}),
    libraries: facts?.libraries ?? {},
    scoringVersion: SCORING_VERSION,
    pixels: config.policy,
    certificate: facts?.proof ?? null,
    work: p.work,
    ...(Object.keys(p.imageSimilarity).length > 0 ? { imageSimilarity: p.imageSimilarity } : {}),
    seconds: p.seconds,
    command: p.command,
    ...(p.fault ? { fault: p.fault } : {}),
  };
}

/** Another machine computed: what makes its numbers comparable stands where the adapter does, so that a run goes on only with the same. */
function serverDevice(
  { browser }: InfoParts,
  { kind, host, model, version, ways, images }: ServerInfo,
): RunInfo['device'] {
  const read = Object.fromEntries(Object.entries(ways).map(([method, way]) => [`${method} by`, way]));
  const adapter = { server: kind, host, model, version: version ?? 'not stated', images, ...read };
  return { kind: 'server', adapter, features: [], limits: {}, browser, threads: 0 };
}

/** What can be said of the device where none was used: what was asked for. */
function noDevice({ config, browser }: InfoParts): RunInfo['device'] {
  const kind = config.server ? 'server' : config.device === 'webgpu' ? 'webgpu' : 'wasm';
  return { kind, adapter: null, features: [], limits: {}, browser, threads: 0 };
}

/** The texts of a prompt set, system text included. */
function textsOf({ prompts, system }: PromptSet): Readonly<Record<string, string>> {
  return { ...prompts, ...(system === null ? {} : { system }) };
}

function paraphraseInfo({
  promptSet,
  sha256,
}: NonNullable<RunConfig['paraphrases']>[number]): NonNullable<RunInfo['paraphrases']>[number] {
  return { name: promptSet.name, sha256, prompts: textsOf(promptSet), ...more(promptSet) };
}

/** What a set has beside its texts, so that run.json alone can ask the same again. */
function more({ answerPrefix, fewShot }: PromptSet): Pick<PromptSet, 'answerPrefix' | 'fewShot'> {
  return { ...(answerPrefix ? { answerPrefix } : {}), ...(fewShot ? { fewShot } : {}) };
}
