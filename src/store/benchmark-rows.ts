import * as v from 'valibot';
import type { Benchmark } from '../core/benchmark/types.ts';
import { markSet } from './mark-rows.ts';
import { byLetter, letter, scalar, sha256, text } from './row-parts.ts';

const pairImage = v.looseObject({
  path: text,
  local: v.nullable(text),
  categories: v.array(text),
  right: letter,
  caption: v.nullable(text),
  sha256: v.nullable(sha256),
});

export const benchmarkSchema: v.GenericSchema<unknown, Benchmark> = v.looseObject({
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
  marks: v.exactOptional(markSet),
  part: v.exactOptional(v.object({ of: v.number(), places: v.array(v.number()) })),
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
