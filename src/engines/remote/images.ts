import { encode } from 'fast-png';
import type { Client } from '../../bridge/worker.ts';
import { fail, fault, ok, type Result } from '../../core/fault.ts';
import type { Change } from '../../core/images/changes/change.ts';
import { imageKey, type ImageRef } from '../../core/images/ref.ts';
import type { PixelPolicy } from '../../core/images/types.ts';
import type { PixelsApi, SizeSettings } from '../../protocol/pixels.ts';

/** An image as a server is sent it. */
export interface SentImage {
  /** A PNG as a data URL. */
  readonly url: string;
  /** It has the processor's own size, so that the server resamples nothing. */
  readonly sized: boolean;
  readonly notes: readonly string[];
}

export interface ImageParts {
  image(sha256: string): Promise<Blob | null>;
  /** What the model's folder says of its images; null: nothing is known, and originals are sent. */
  readonly settings: SizeSettings;
  readonly policy: PixelPolicy;
  readonly spawn: () => Pick<Client<PixelsApi>, 'alive' | 'call' | 'kill'>;
}

/** Side of the blank image, as the local engine has it. */
const BLANK_SIDE = 448;
/** Note of an image that the server itself resampled, in a way that is not ours. */
export const SERVER_RESAMPLED = 'resampled-by-server';
/** Images kept as they were sent, beside those that are asked about at once: the next, and those of the shots. */
const KEPT = 8;

/** Makes the PNGs that are sent, each once: by our pixel path, so that a server's resampling does not matter. */
export class SentImages {
  private readonly parts: ImageParts;
  private client: ReturnType<ImageParts['spawn']> | null = null;
  private readonly made = new Map<string, Promise<Result<SentImage>>>();

  private readonly kept: number;

  /** @param atOnce images that may be asked about at once */
  constructor(parts: ImageParts, atOnce = 1) {
    this.parts = parts;
    this.kept = KEPT + Math.max(1, atOnce);
  }

  of(ref: ImageRef): Promise<Result<SentImage>> {
    const key = imageKey(ref);
    const found = this.made.get(key);
    if (found) return found;
    const fresh = this.make(ref);
    this.made.set(key, fresh);
    const [oldest] = this.made.keys();
    if (this.made.size > this.kept && oldest !== undefined) this.made.delete(oldest);
    return fresh;
  }

  /** A picture of our own making, through the same path. */
  ofPicture(png: Uint8Array<ArrayBuffer>): Promise<Result<SentImage>> {
    return this.size(new Blob([png], { type: 'image/png' }));
  }

  private async make(ref: ImageRef): Promise<Result<SentImage>> {
    const blob = ref.kind === 'blank' ? blankImage() : await this.parts.image(ref.sha256);
    if (blob) return this.size(blob, ref.kind === 'marked' ? ref.changes : []);
    return fail(
      fault('not-found', 'An image of this benchmark is no longer kept on this device. Bring the benchmark again.', {
        sha256: ref.kind === 'blank' ? null : ref.sha256,
      }),
    );
  }

  private async size(blob: Blob, changes: readonly Change[] = []): Promise<Result<SentImage>> {
    if (!this.client?.alive) this.client = this.parts.spawn();
    const { settings, policy } = this.parts;
    const made = await this.client.call((api) => api.size(blob, settings, policy, changes));
    if (!made.ok) return made;
    const { png, sized, notes } = made.value;
    return ok({ url: dataUrl(png), sized, notes: sized ? notes : [...notes, SERVER_RESAMPLED] });
  }

  end(): void {
    this.client?.kill('the run ended');
    this.client = null;
    this.made.clear();
  }
}

function blankImage(): Blob {
  return new Blob([picture(BLANK_SIDE, () => [0, 0, 0])], { type: 'image/png' });
}

/** A PNG of a square, by a function of x and y to red, green and blue. */
export function picture(
  side: number,
  at: (x: number, y: number) => readonly [number, number, number],
): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(3 * side * side);
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) data.set(at(x, y), 3 * (y * side + x));
  return new Uint8Array(encode({ width: side, height: side, data, depth: 8, channels: 3 }));
}

function dataUrl(png: Uint8Array): string {
  let text = '';
  for (let i = 0; i < png.length; i += 0x8000) text += String.fromCharCode(...png.subarray(i, i + 0x8000));
  return `data:image/png;base64,${btoa(text)}`;
}
