import type { EncoderPart } from '../../../src/core/discovery/encoders.ts';
import { orThrow } from '../../../src/core/fault.ts';
import { createEncoderHost } from '../../../src/engines/encoder/host.ts';

export interface EncodeRequest {
  readonly base: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly part: EncoderPart;
  readonly device: 'wasm' | 'webgpu';
  /** Addresses of images. */
  readonly images: readonly string[];
}

export interface Encoded {
  readonly kind: string;
  readonly batches: boolean;
  readonly embeddings: readonly (readonly number[])[];
}

/** Embeds images with the product's own encoder worker. */
export async function embed({ base, files, part, device, images }: EncodeRequest): Promise<Encoded> {
  const settings = { hideSubgroups: false, fp32Accumulation: false };
  const rung = { name: 'lab', device, dtype: {}, settings };
  const source = { kind: 'served' as const, base: new URL(base, location.href).href, files };
  const host = createEncoderHost({ source, part }, rung, 2);
  try {
    const { kind, batches } = orThrow(await host.load());
    const blobs = await Promise.all(images.map(async (url) => (await fetch(url)).blob()));
    const rows = orThrow(await host.embed(blobs));
    return { kind, batches, embeddings: rows.map((r) => (r.ok ? [...r.embedding] : [])) };
  } finally {
    host.end();
  }
}
