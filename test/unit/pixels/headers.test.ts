import { describe, expect, it } from 'vitest';
import { readHeader } from '../../../src/core/pixels/headers/read.ts';
import { jpegIsWhole } from '../../../src/core/pixels/headers/jpeg.ts';
import { applyOrientation, isOrientation } from '../../../src/core/pixels/orientation.ts';
import { decodeGif } from '../../../src/core/pixels/gif.ts';
import { toRgb } from '../../../src/core/pixels/colour.ts';
import { bytesOf, casesOf, pictureOf } from './folder.ts';

describe('headers', () => {
  const good = casesOf('decode').filter((c) => c.expected.product && c.params.browser !== 'cannot decode');
  it.each(good.map((c) => [c.id, c] as const))('give the size of the picture: %s', (_, c) => {
    const header = readHeader(bytesOf(c.input));
    const wanted = pictureOf(c.expected.product ?? '');
    expect(header.ok && [header.value.width, header.value.height]).toEqual([wanted.width, wanted.height]);
  });

  const byHeader = casesOf('decode').filter((c) =>
    ['empty', 'not-an-image', 'too-large', 'unsupported'].includes(c.expected.error ?? ''),
  );
  it.each(byHeader.map((c) => [c.id, c] as const))('refuse before anything is decoded: %s', (_, c) => {
    const header = readHeader(bytesOf(c.input));
    if (header.ok) throw new Error('not refused');
    expect(header.fault.facts?.['trouble']).toBe(c.expected.error);
    const words = c.expected.message_should_mention ?? [];
    expect(
      words.some((w) => header.fault.message.includes(w)),
      header.fault.message,
    ).toBe(true);
  });

  it('never throw and never hang on files cut anywhere', () => {
    for (const c of casesOf('decode')) {
      const bytes = bytesOf(c.input);
      for (let n = 0; n < Math.min(bytes.length, 400); n += 3) {
        const part = bytes.slice(0, n);
        const header = readHeader(part);
        if (header.ok && header.value.format === 'jpeg') expect(jpegIsWhole(part)).toBe(false);
      }
    }
  });

  it('read the orientation of JPEG and PNG', () => {
    for (const c of casesOf('orient')) {
      const header = readHeader(bytesOf(c.input));
      expect(header.ok && header.value.orientation, c.id).toBe(Number(/\d+/.exec(c.input)?.[0]));
    }
  });
});

describe('orientation', () => {
  it.each(casesOf('orient').map((c) => [c.id, c] as const))('turns as exif_transpose does: %s', (_, c) => {
    const n = Number(/\d+/.exec(c.input)?.[0]);
    if (!isOrientation(n)) throw new Error(`no orientation ${n}`);
    expect(applyOrientation(pictureOf(c.expected.ignore), n)).toEqual(pictureOf(c.expected.apply));
  });
});

describe('GIF', () => {
  const gifs = casesOf('decode').filter((c) => c.input.endsWith('.gif'));
  it.each(gifs.map((c) => [c.id, c] as const))('gives the first frame, colour under transparency kept: %s', (_, c) => {
    const bytes = bytesOf(c.input);
    const header = readHeader(bytes);
    const image = header.ok ? decodeGif(bytes, header.value) : header;
    if (!image.ok) throw new Error(image.fault.message);
    expect(toRgb(image.value.raster, 'drop')).toEqual(pictureOf(c.expected.product ?? ''));
    if (c.expected.hf_on_white) expect(toRgb(image.value.raster, 'white')).toEqual(pictureOf(c.expected.hf_on_white));
  });
});
