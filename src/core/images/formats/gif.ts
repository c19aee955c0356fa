import { ok, type Result } from '../../fault.ts';
import { decodeGif, findFrame } from './gif-decode.ts';
import { ascii, corrupt, truncated, viewOf, type ImageFormat, type ImageHeader } from './types.ts';

/** Reads a GIF's logical screen, which a first frame that reaches beyond it makes larger, as in Pillow. */
function readGif(bytes: Uint8Array): Result<ImageHeader> {
  if (bytes.length < 13) return truncated('GIF');
  const view = viewOf(bytes);
  const first = findFrame(bytes);
  const frame = first.ok ? first.value.frame : { left: 0, top: 0, width: 0, height: 0 };
  const width = Math.max(view.getUint16(6, true), frame.left + frame.width);
  const height = Math.max(view.getUint16(8, true), frame.top + frame.height);
  if (width === 0 || height === 0)
    return corrupt('GIF', `its header gives a width of ${width} and a height of ${height}`);
  return ok({ width, height, orientation: 1, cmyk: false, animated: false });
}

export const GIF: ImageFormat = {
  label: 'GIF',
  mime: 'image/gif',
  endings: ['gif'],
  begins: (bytes) => ascii(bytes, 0, 4) === 'GIF8',
  readHeader: readGif,
  async decode(bytes) {
    const header = readGif(bytes);
    return header.ok ? decodeGif(bytes, header.value) : header;
  },
};
