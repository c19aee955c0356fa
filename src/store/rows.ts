import { THINKING, type ChatSettings } from '../core/chat/settings.ts';
import * as v from 'valibot';
import type { PromptSet } from '../core/prompts/types.ts';
import type { JudgeTest } from '../core/methods/judge-test.ts';
import type { JudgeInfo, RunInfo } from '../core/records/run-info.ts';
import type { RunProbes } from '../core/methods/probes.ts';
import { markSet } from './mark-rows.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import { SERVER_KINDS } from '../core/servers/kinds.ts';
import type { ServerConfig, ServerInfo } from '../core/servers/config.ts';
import { byLetter, faultSchema, letter, strings, text } from './row-parts.ts';

/*
 * What the database holds, checked whenever it is read: a row may come from an older version, or from a hand in the browser's tools.
 */

const policy = v.looseObject({
  passOrder: v.picklist(['horizontal-first', 'pillow13']),
  exif: v.picklist(['apply', 'ignore']),
  alpha: v.picklist(['drop', 'white']),
});
const fewShot = v.looseObject({
  preamble: text,
  shots: v.array(v.looseObject({ image: text, question: text, options: byLetter(text), answer: letter })),
});
export const promptSet: v.GenericSchema<unknown, PromptSet> = v.looseObject({
  name: text,
  prompts: v.objectWithRest({ letter: text, open: text }, text),
  system: v.nullable(text),
  answerPrefix: v.exactOptional(strings),
  fewShot: v.exactOptional(fewShot),
});
const work = v.object({
  imageEncodes: v.number(),
  prefills: v.number(),
  prefillTokens: v.number(),
  suffixes: v.number(),
  suffixTokens: v.number(),
  decodeTokens: v.number(),
});

const chat: v.GenericSchema<unknown, ChatSettings> = v.looseObject({
  thinking: v.picklist(THINKING),
  date: text,
  thoughtTokens: v.number(),
});

export const serverConfig: v.GenericSchema<unknown, ServerConfig> = v.object({
  kind: v.picklist(SERVER_KINDS),
  url: text,
  model: text,
  dtype: v.nullable(text),
  quantisation: v.nullable(text),
  concurrency: v.number(),
  prices: v.nullable(v.object({ input: v.number(), output: v.number() })),
  budget: v.nullable(v.number()),
  processor: v.nullable(text),
  folder: v.exactOptional(
    v.object({
      config: v.unknown(),
      preprocessor: v.unknown(),
      processor: v.unknown(),
      letters: v.nullable(v.object({ A: v.number(), B: v.number() })),
      template: v.exactOptional(v.object({ text, tokens: strings })),
    }),
  ),
});
export const serverInfo: v.GenericSchema<unknown, ServerInfo> = v.looseObject({
  kind: v.picklist(SERVER_KINDS),
  host: text,
  model: text,
  version: v.nullable(text),
  dtype: v.nullable(text),
  quantisation: v.nullable(text),
  ways: strings,
  images: text,
});
const flipAnswers = v.union([v.literal('all'), v.array(text)]);
const runProbes: v.GenericSchema<unknown, RunProbes> = v.looseObject({
  seed: v.number(),
  marks: v.nullable(markSet),
  marksSha256: v.nullable(text),
  flipAnswers,
});
const shard = v.object({ index: v.number(), of: v.number(), pairs: v.number() });

const runConfig: v.GenericSchema<unknown, RunConfig> = v.looseObject({
  id: text,
  createdAt: text,
  benchmarkId: text,
  benchmarkName: text,
  modelId: text,
  methods: v.array(text),
  promptSet,
  promptSetSha256: text,
  device: v.picklist(['auto', 'webgpu', 'wasm']),
  dtype: v.union([text, strings]),
  threads: v.union([v.number(), v.literal('auto')]),
  limit: v.nullable(v.number()),
  shard: v.exactOptional(shard),
  chat: v.exactOptional(chat),
  policy,
  allowUncertified: v.boolean(),
  judgeId: v.exactOptional(text),
  judging: v.exactOptional(
    v.looseObject({ explain: v.boolean(), byRule: v.boolean(), selfTest: v.number(), dtype: text }),
  ),
  paraphrases: v.exactOptional(v.array(v.looseObject({ promptSet, sha256: text }))),
  probes: v.exactOptional(runProbes),
  keepFeatures: v.exactOptional(v.boolean()),
  server: v.exactOptional(serverConfig),
  shotImages: v.exactOptional(strings),
});

const share = v.object({ part: v.number(), of: v.number() });
export const judgeTest: v.GenericSchema<unknown, JudgeTest> = v.looseObject({
  questions: v.number(),
  right: share,
  unreadable: share,
  byLikelihood: share,
  saysA: share,
  positionBias: share,
});
const judgeInfo: v.GenericSchema<unknown, JudgeInfo> = v.variant('kind', [
  v.looseObject({
    kind: v.picklist(['model', 'self']),
    id: text,
    sha256: text,
    dtype: text,
    files: v.array(v.looseObject({ path: text, sha256: text })),
    device: v.exactOptional(v.picklist(['webgpu', 'wasm', 'server'])),
    options: v.exactOptional(v.looseObject({ explain: v.boolean(), byRule: v.boolean() })),
    test: v.exactOptional(judgeTest),
  }),
  v.looseObject({ kind: v.literal('person') }),
]);
const promptInfo = {
  name: text,
  sha256: text,
  prompts: strings,
  answerPrefix: v.exactOptional(strings),
  fewShot: v.exactOptional(fewShot),
};
const deviceInfo = v.looseObject({
  kind: v.picklist(['webgpu', 'wasm', 'server']),
  adapter: v.nullable(strings),
  features: v.array(text),
  limits: v.record(text, v.number()),
  browser: text,
  threads: v.number(),
});
const modelFile = v.object({ path: text, size: v.number(), sha256: text });
export const runInfo: v.GenericSchema<unknown, RunInfo> = v.looseObject({
  format: v.literal('lookalike-results/1'),
  lookalike: text,
  startedAt: text,
  finishedAt: v.nullable(text),
  state: v.picklist(['done', 'stopped', 'failed']),
  model: v.looseObject({
    id: text,
    revision: v.nullable(text),
    family: text,
    familyStatus: v.exactOptional(text),
    dtype: strings,
    files: v.array(modelFile),
  }),
  benchmark: v.looseObject({
    name: text,
    sha256: text,
    pairs: v.number(),
    questions: v.number(),
    images: v.number(),
    reviewed: v.exactOptional(v.literal(false)),
  }),
  shard: v.exactOptional(shard),
  promptSet: v.looseObject({ ...promptInfo, shotImages: v.exactOptional(strings) }),
  methods: v.array(text),
  chat: v.exactOptional(v.intersect([chat, v.looseObject({ template: v.nullable(text) })])),
  device: deviceInfo,
  otherDevices: v.exactOptional(v.array(deviceInfo)),
  server: v.exactOptional(serverInfo),
  libraries: strings,
  scoringVersion: text,
  pixels: policy,
  certificate: v.unknown(),
  work,
  imageSimilarity: v.exactOptional(v.record(text, v.number())),
  seconds: v.object({ load: v.number(), score: v.number() }),
  command: v.nullable(text),
  fault: v.exactOptional(faultSchema),
  imported: v.exactOptional(v.object({ from: text, format: text })),
  recordedByPerson: v.exactOptional(
    v.object({
      name: text,
      seed: v.number(),
      feedback: v.picklist(['end', 'at-once']),
      milliseconds: v.record(text, v.number()),
    }),
  ),
  probes: v.exactOptional(
    v.looseObject({
      seed: v.number(),
      marks: v.nullable(v.looseObject({ sha256: text, pairs: v.number() })),
      flipAnswers,
    }),
  ),
  paraphrases: v.exactOptional(v.array(v.looseObject(promptInfo))),
  judge: v.exactOptional(judgeInfo),
  reading: v.exactOptional(v.object({ mcParser: v.picklist(['published', 'strict']), ffGap: v.number() })),
});

/** `open`: stored and not ended; whether it runs here and now, nobody keeps. */
const RUN_STATUSES = ['open', 'stopped', 'done', 'failed', 'imported'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export interface StoredRun {
  readonly id: string;
  readonly createdAt: string;
  /** null: an imported run, which has nothing to resume. */
  readonly config: RunConfig | null;
  readonly info: RunInfo | null;
  readonly status: RunStatus;
  /** The benchmark as it was when an imported run came without one in the store; else null. */
  readonly benchmarkId: string | null;
}
export const storedRun: v.GenericSchema<unknown, StoredRun> = v.object({
  id: text,
  createdAt: text,
  config: v.nullable(runConfig),
  info: v.nullable(runInfo),
  status: v.picklist(RUN_STATUSES),
  benchmarkId: v.nullable(text),
});

/** Features of one image under one model: arrays as the vision session gave them. */
export interface FeatureRow {
  readonly key: string;
  readonly usedAt: number;
  readonly bytes: number;
  readonly value: unknown;
}
export const featureRow: v.GenericSchema<unknown, FeatureRow> = v.object({
  key: text,
  usedAt: v.number(),
  bytes: v.number(),
  value: v.unknown(),
});

export interface CertificateRow {
  readonly key: string;
  readonly storedAt: string;
  readonly certificate: unknown;
}
export const certificateRow: v.GenericSchema<unknown, CertificateRow> = v.object({
  key: text,
  storedAt: text,
  certificate: v.unknown(),
});
