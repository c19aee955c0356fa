import { imageKey, type ImageRef } from '../../src/core/images/ref.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import type { ProcessedImage } from '../../src/core/images/types.ts';
import type { Work } from '../../src/core/plan/types.ts';
import type { FeatureData, GroupRequest, ImageInput } from '../../src/protocol/engine.ts';
import { createLru, type LruCache } from '../language/cache.ts';

/**
 * Images whose features stay in memory: those of the shots and the latest ones. A run asks all about an image at once, so more would only make memory grow
 * with the number of images; IndexedDB keeps the rest, by choice.
 */
const FEATURE_IMAGES = 16;

/** The images of a group: those of the prompt set's shots, and its own. */
export interface GroupImages {
  readonly shots: readonly FeatureData[];
  readonly own: FeatureData;
}

/** The features of the images seen last. */
export interface ImageFeatureStore {
  has(image: ImageRef): boolean;
  /** Features of all images of a group; those that are not at hand are encoded, and counted. */
  of(request: GroupRequest, work: Work): Promise<GroupImages>;
  bytes(): number;
  clear(): void;
}

/** @param encode runs the vision session for one image */
export function createImageFeatures(encode: (image: ProcessedImage) => Promise<FeatureData>): ImageFeatureStore {
  const features: LruCache<FeatureData> = createLru(
    FEATURE_IMAGES,
    () => 1,
    () => undefined,
  );

  async function imageOf(image: ImageRef, input: ImageInput, work: Work): Promise<FeatureData> {
    const key = imageKey(image);
    const known = features.get(key);
    if (known) return known;
    const made = input.features ?? (await encoded(input.pixels, work));
    features.put(key, made);
    return made;
  }

  async function encoded(pixels: ProcessedImage | null, work: Work): Promise<FeatureData> {
    if (pixels === null)
      throw new FaultError(
        fault('internal', 'The engine was asked about an image it has neither pixels nor features of.'),
      );
    const made = await encode(pixels);
    work.imageEncodes += 1;
    return made;
  }

  return {
    has: (image) => features.has(imageKey(image)),
    of: async ({ ask, image, shots }, work) => {
      const shown: FeatureData[] = [];
      for (const [i, shot] of ask.shots.entries())
        shown.push(await imageOf(shot, shots[i] ?? { pixels: null, features: null }, work));
      return { shots: shown, own: await imageOf(ask.image, image, work) };
    },
    bytes: () => features.values().reduce((n, f) => n + f.data.byteLength, 0),
    clear: () => features.clear(),
  };
}
