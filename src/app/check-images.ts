import { spawnPixels } from '../bridge/spawn.ts';
import type { Fault } from '../core/fault.ts';

/**
 * Decodes images once, without keeping what comes of it.
 * @returns for each why it cannot be shown to a model; null where it can
 */
export async function checkImages(images: readonly Blob[]): Promise<readonly (Fault | null)[]> {
  const client = spawnPixels();
  try {
    const faults: (Fault | null)[] = [];
    for (const image of images) {
      const checked = await client.call((api) => api.check(image));
      faults.push(checked.ok ? null : checked.fault);
    }
    return faults;
  } finally {
    client.kill('the images are checked');
  }
}
