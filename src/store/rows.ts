import * as v from 'valibot';
import type { PromptSet } from '../core/prompts/types.ts';
import type { JudgeInfo, RunInfo } from '../core/results/run.ts';
import type { RunConfig } from '../run/types.ts';
import { byLetter, faultSchema, letter, strings, text } from './row-parts.ts';

/*
 * What the database holds, checked whenever it is read: a row may come from an older version, or from a hand in the browser's tools.
 */

const policy = v.looseObject({
  passOrder: v.picklist(['horizontal-first', 'pillow13']),
  exif: v.picklist(['apply', 'ignore']),
  alpha: v.picklist(['drop', 'white']),
});
const perMethod = {
  gd: v.exactOptional(text),
  ps: v.exactOptional(text),
  mc: v.exactOptional(text),
  ff: v.exactOptional(text),
};
export const promptSet: v.GenericSchema<unknown, PromptSet> = v.looseObject({
  name: text,
  prompts: v.looseObject({ letter: text, open: text, ...perMethod }),
  system: v.nullable(text),
  answerPrefix: v.exactOptional(v.looseObject(perMethod)),
  fewShot: v.exactOptional(
    v.looseObject({
      preamble: text,
      shots: v.array(v.looseObject({ image: text, question: text, options: byLetter(text), answer: letter })),
    }),
  ),
});
const work = v.object({
  imageEncodes: v.number(),
  prefills: v.number(),
  prefillTokens: v.number(),
  suffixes: v.number(),
  suffixTokens: v.number(),
  decodeTokens: v.number(),
});

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
  policy,
  allowUncertified: v.boolean(),
  judgeId: v.exactOptional(text),
  paraphrases: v.exactOptional(v.array(v.looseObject({ promptSet, sha256: text }))),
  keepFeatures: v.exactOptional(v.boolean()),
  shotImages: v.exactOptional(strings),
});

const judgeInfo: v.GenericSchema<unknown, JudgeInfo> = v.variant('kind', [
  v.looseObject({
    kind: v.picklist(['model', 'self']),
    id: text,
    sha256: text,
    dtype: text,
    files: v.array(v.looseObject({ path: text, sha256: text })),
  }),
  v.looseObject({ kind: v.literal('person') }),
]);
export const modelFile = v.object({ path: text, size: v.number(), sha256: text });
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
  }),
  promptSet: v.looseObject({ name: text, sha256: text, prompts: strings, shotImages: v.exactOptional(strings) }),
  methods: v.array(text),
  device: v.looseObject({
    kind: v.picklist(['webgpu', 'wasm']),
    adapter: v.nullable(strings),
    features: v.array(text),
    limits: v.record(text, v.number()),
    browser: text,
    threads: v.number(),
  }),
  libraries: strings,
  scoringVersion: text,
  pixels: policy,
  certificate: v.unknown(),
  work,
  seconds: v.object({ load: v.number(), score: v.number() }),
  command: v.nullable(text),
  fault: v.exactOptional(faultSchema),
  imported: v.exactOptional(v.object({ from: text, format: text })),
  paraphrases: v.exactOptional(v.array(v.looseObject({ name: text, sha256: text, prompts: strings }))),
  judge: v.exactOptional(judgeInfo),
  reading: v.exactOptional(v.object({ mcParser: v.picklist(['published', 'strict']), ffGap: v.number() })),
});

/** `open`: stored and not ended; the controller decides whether it runs here and now. */
export const RUN_STATUSES = ['open', 'running', 'paused', 'stopped', 'done', 'failed', 'imported'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export interface StoredRun {
  readonly id: string;
  readonly createdAt: string;
  /** null: an imported run, which has nothing to resume. */
  readonly config: RunConfig | null;
  readonly info: RunInfo | null;
  readonly status: RunStatus;
  readonly certificate: unknown;
  /** The benchmark as it was when an imported run came without one in the store; else null. */
  readonly benchmarkId: string | null;
}
export const storedRun: v.GenericSchema<unknown, StoredRun> = v.object({
  id: text,
  createdAt: text,
  config: v.nullable(runConfig),
  info: v.nullable(runInfo),
  status: v.picklist(RUN_STATUSES),
  certificate: v.unknown(),
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
