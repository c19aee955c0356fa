import * as v from 'valibot';
import type { FaultCode } from '../core/fault.ts';
import type { Benchmark } from '../core/benchmark/types.ts';
import type { PromptSet } from '../core/prompts/types.ts';
import type { JudgeInfo, RunInfo } from '../core/results/run.ts';
import type { ResultRecord } from '../core/scoring/record.ts';
import type { RunConfig } from '../run/types.ts';

/*
 * What the database holds, checked whenever it is read: a row may come from an older version, or from a hand in the browser's tools.
 */

const letter = v.picklist(['A', 'B']);
const text = v.string();
const scalar = v.union([v.string(), v.number(), v.boolean(), v.null()]);
const strings = v.record(text, text);
const byLetter = <S extends v.GenericSchema>(schema: S) => v.strictObject({ A: schema, B: schema });
const sha256 = v.pipe(text, v.regex(/^[0-9a-f]{64}$/, 'not a SHA-256'));

const faultSchema = v.looseObject({
  // Codes are added with time; an unknown one is still a fault with a sentence.
  code: v.custom<FaultCode>((c) => typeof c === 'string'),
  message: text,
  facts: v.exactOptional(v.record(text, scalar)),
});

const pairImage = v.looseObject({
  path: text,
  local: v.nullable(text),
  categories: v.array(text),
  right: letter,
  caption: v.nullable(text),
  sha256: v.nullable(sha256),
});

const benchmarkSchema: v.GenericSchema<unknown, Benchmark> = v.looseObject({
  name: text,
  sha256: text,
  pairs: v.array(
    v.looseObject({
      id: text,
      question: text,
      options: byLetter(text),
      images: v.tuple([pairImage, pairImage]),
      extra: v.record(text, scalar),
    }),
  ),
  skipped: v.array(v.object({ pair: text, reason: text })),
  problems: v.array(
    v.object({ pair: v.nullable(text), place: text, message: text, severity: v.picklist(['error', 'warning']) }),
  ),
});

export interface StoredBenchmark {
  /** Of the question file and the images together: the same content has the same id. */
  readonly id: string;
  readonly addedAt: string;
  readonly benchmark: Benchmark;
  /** Distinct images and their bytes. */
  readonly images: number;
  readonly bytes: number;
}
export const storedBenchmark: v.GenericSchema<unknown, StoredBenchmark> = v.object({
  id: text,
  addedAt: text,
  benchmark: benchmarkSchema,
  images: v.number(),
  bytes: v.number(),
});

const optionScore = v.looseObject({
  score: v.number(),
  sum: v.number(),
  tokens: v.array(v.number()),
  tokenLogprobs: v.array(v.number()),
  pmi: v.exactOptional(v.number()),
});
const recordBase = {
  pair: text,
  image: v.picklist([1, 2]),
  method: text,
  right: letter,
  imageSha256: text,
  notes: v.array(text),
};
/** Loose: results.md changes by adding, and what a newer version added must survive an export by this one. */
export const resultRecord: v.GenericSchema<unknown, ResultRecord> = v.variant('status', [
  v.looseObject({
    ...recordBase,
    status: v.literal('scored'),
    chosen: v.nullable(letter),
    correct: v.boolean(),
    options: v.nullable(byLetter(optionScore)),
    mass: v.nullable(v.number()),
    margin: v.nullable(v.number()),
    letterVariants: v.nullable(
      byLetter(v.array(v.looseObject({ token: v.number(), piece: text, logprob: v.number() }))),
    ),
    text: v.nullable(text),
    promptTokens: v.number(),
    judge: v.exactOptional(
      v.looseObject({
        name: text,
        sha256: text,
        person: v.exactOptional(v.literal(true)),
        a: v.nullable(v.number()),
        b: v.nullable(v.number()),
        text,
      }),
    ),
  }),
  v.looseObject({
    ...recordBase,
    status: v.literal('failed'),
    chosen: v.null(),
    correct: v.null(),
    options: v.null(),
    fault: faultSchema,
  }),
]);

/** An example image of few-shot prompt sets, as the user brought it. */
export interface ShotRow {
  /** File name that prompt sets give it. */
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly addedAt: string;
}
export const shotRow: v.GenericSchema<unknown, ShotRow> = v.object({
  name: text,
  sha256,
  bytes: v.number(),
  addedAt: text,
});

export interface RecordRow {
  readonly run: string;
  readonly key: string;
  readonly record: ResultRecord;
}
export const recordRow: v.GenericSchema<unknown, RecordRow> = v.object({ run: text, key: text, record: resultRecord });

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
