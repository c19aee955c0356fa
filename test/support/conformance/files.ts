import { decode } from 'fast-png';
import type { Raster } from '../../../src/core/images/types.ts';

/** The files of the folder under test, read through the page's own server. */
export interface Files {
  blob(path: string): Promise<Blob>;
  /** Pixels of an expected file: a PNG of 8 bits, grey or RGB, decoded without our own code; grey as one channel. */
  picture(path: string): Promise<Raster>;
  floats(path: string): Promise<Float32Array>;
}

export function filesAt(base: string): Files {
  const blob = async (path: string): Promise<Blob> => {
    const url = new URL(path.split('/').map(encodeURIComponent).join('/'), base);
    const response = await fetch(url, { cache: 'no-store' });
    if (!response.ok) throw new Error(`the file ${path} is missing`);
    return response.blob();
  };
  const bytes = async (path: string): Promise<Uint8Array> => new Uint8Array(await (await blob(path)).arrayBuffer());
  return {
    blob,
    async picture(path) {
      const png = decode(await bytes(path));
      if (png.depth !== 8 || png.palette || (png.channels !== 1 && png.channels !== 3))
        throw new Error(`the expected file ${path} is not a PNG of 8 bits, grey or RGB`);
      return { width: png.width, height: png.height, channels: png.channels, data: Uint8Array.from(png.data) };
    },
    async floats(path) {
      const data = await bytes(path);
      const view = new DataView(data.buffer);
      return Float32Array.from({ length: Math.floor(data.length / 4) }, (_, i) => view.getFloat32(i * 4, true));
    },
  };
}
