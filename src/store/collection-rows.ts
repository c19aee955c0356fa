import * as v from 'valibot';
import { sha256, text } from './row-parts.ts';

const optional = v.nullable(text);

export interface StoredImage {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly caption: string | null;
  readonly category: string | null;
  readonly figure: string | null;
}

/** A collection of images with captions, as it was brought. */
export interface StoredCollection {
  readonly id: string;
  readonly name: string;
  readonly addedAt: string;
  readonly format: string;
  readonly images: readonly StoredImage[];
  /** What is wrong with it, with the place. */
  readonly problems: readonly { readonly place: string; readonly message: string }[];
  readonly bytes: number;
  /** Its images stay in their folder (store/placed.ts). */
  readonly inFolder?: boolean;
}

const image = v.object({
  path: text,
  sha256,
  bytes: v.number(),
  caption: optional,
  category: optional,
  figure: optional,
});
export const storedCollection: v.GenericSchema<unknown, StoredCollection> = v.object({
  id: text,
  name: text,
  addedAt: text,
  format: text,
  images: v.array(image),
  problems: v.array(v.object({ place: text, message: text })),
  bytes: v.number(),
  inFolder: v.exactOptional(v.boolean()),
});

const foundPair = v.object({
  image1: text,
  image2: text,
  sha256: v.tuple([sha256, sha256]),
  captions: v.tuple([optional, optional]),
  categories: v.tuple([optional, optional]),
  simMed: v.number(),
  simGen: v.number(),
});

/** Pairs of a collection that a person or the seed chose, for drafting and review. */
export interface ChosenPairs {
  readonly id: string;
  readonly collection: string;
  readonly name: string;
  readonly chosenAt: string;
  readonly encoders: { readonly med: string; readonly gen: string };
  /** SHA-256 of what the encoders were loaded from; absent in choices of earlier versions. */
  readonly encoderHashes?: { readonly med: string; readonly gen: string };
  readonly thresholds: { readonly med: number; readonly gen: number };
  readonly pairs: readonly v.InferOutput<typeof foundPair>[];
}
export const chosenPairs: v.GenericSchema<unknown, ChosenPairs> = v.object({
  id: text,
  collection: text,
  name: text,
  chosenAt: text,
  encoders: v.object({ med: text, gen: text }),
  encoderHashes: v.exactOptional(v.object({ med: text, gen: text })),
  thresholds: v.object({ med: v.number(), gen: v.number() }),
  pairs: v.array(foundPair),
});
