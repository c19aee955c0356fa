import { ok, type Result } from '../../fault.ts';
import { corrupt, truncated, viewOf, type ImageHeader } from './types.ts';

/** Reads a GIF's logical screen. */
export function readGif(bytes: Uint8Array): Result<ImageHeader> {
  if (bytes.length < 13) return truncated('GIF');
  const view = viewOf(bytes);
  const width = view.getUint16(6, true);
  const height = view.getUint16(8, true);
  if (width === 0 || height === 0)
    return corrupt('GIF', `its header gives a width of ${width} and a height of ${height}`);
  return ok({ format: 'gif', width, height, orientation: 1, cmyk: false, animated: false });
}
