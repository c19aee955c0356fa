import { ok, type Result } from '../../fault.ts';
import { corrupt, truncated, viewOf, type ImageHeader } from './types.ts';

/** Reads a bitmap's header: the old form of 12 bytes, or the later ones. */
export function readBmp(bytes: Uint8Array): Result<ImageHeader> {
  if (bytes.length < 26) return truncated('BMP');
  const view = viewOf(bytes);
  const old = view.getUint32(14, true) === 12;
  const width = old ? view.getUint16(18, true) : view.getInt32(18, true);
  const height = Math.abs(old ? view.getUint16(20, true) : view.getInt32(22, true));
  if (width <= 0 || height === 0)
    return corrupt('BMP', `its header gives a width of ${width} and a height of ${height}`);
  return ok({ format: 'bmp', width, height, orientation: 1, cmyk: false, animated: false });
}
