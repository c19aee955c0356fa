import { imageKey, type ImageRef } from '../../core/images/ref.ts';
import { blankImage } from '../../engines/local/pixels.ts';
import { imageBlob } from '../../store/images.ts';
import { library } from './library.svelte.ts';

/** The bytes of an image as they are shown; null where this device does not have them. */
export async function shownImage(image: ImageRef): Promise<Blob | null> {
  if (image.kind === 'blank') return blankImage();
  return imageBlob(await library.opened(), imageKey(image)).catch(() => null);
}

/** The name of an image that may not be there. A new row object with the same image has the same, so that nothing is read again. */
export function keyOf(image: ImageRef | null): string | null {
  return image === null ? null : imageKey(image);
}
