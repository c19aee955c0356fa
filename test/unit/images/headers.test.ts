import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { readHeader } from '../../../src/core/images/formats/read.ts';
import { jpegIsWhole } from '../../../src/core/images/formats/jpeg.ts';
import { applyOrientation, isOrientation } from '../../../src/core/images/orientation.ts';
import { BMP } from '../../../src/core/images/formats/bmp.ts';
import { decodeGif } from '../../../src/core/images/formats/gif-decode.ts';
import { toRgb } from '../../../src/core/images/colour.ts';
import { PNG } from '../../../src/core/images/formats/png-decode.ts';
import type { DecodeTools } from '../../../src/core/images/formats/types.ts';
import { inflate } from '../../../workers/pixels/inflate.ts';
import { bytesOf, casesOf, pictureOf } from './folder.ts';

/** The library's part of decoding; there is no browser here. */
const TOOLS: DecodeTools = {
  browser: () => Promise.reject(new Error('There is no browser.')),
  unpackPng: (bytes) => decode(bytes, { checkCrc: false }).data,
  inflate,
};

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
        if (header.ok && header.value.format.label === 'JPEG') expect(jpegIsWhole(part)).toBe(false);
      }
    }
  });

  it.each(casesOf('orient').map((c) => [c.id, c] as const))('read the orientation: %s', async (_, c) => {
    const bytes = bytesOf(c.input);
    const header = readHeader(bytes);
    if (!header.ok) throw new Error(header.fault.message);
    // Compressed texts of a PNG are read when it is unpacked.
    const stored = c.input.endsWith('.png') ? await PNG.decode(bytes, 'drop', TOOLS) : null;
    const orientation = (stored?.ok ? stored.value.orientation : undefined) ?? header.value.orientation;
    expect(orientation).toBe(Number(/\d+/.exec(c.input)?.[0]));
  });
});

describe('orientation', () => {
  it.each(casesOf('orient').map((c) => [c.id, c] as const))('turns as exif_transpose does: %s', (_, c) => {
    const n = Number(/\d+/.exec(c.input)?.[0]);
    if (!isOrientation(n)) throw new Error(`no orientation ${n}`);
    expect(applyOrientation(pictureOf(c.expected.ignore), n)).toEqual(pictureOf(c.expected.apply));
  });
});

describe('interlaced PNG', () => {
  const made = casesOf('decode').filter((c) => c.input.includes('adam7'));
  it('of every depth and colour type are among the cases', () => expect(made).toHaveLength(15 * 4));
  it.each(made.map((c) => [c.id, c] as const))('is the same picture as Pillow makes of it: %s', async (_, c) => {
    const stored = await PNG.decode(bytesOf(c.input), 'drop', TOOLS);
    if (!stored.ok) throw new Error(stored.fault.message);
    expect(toRgb(stored.value.raster, 'drop')).toEqual(pictureOf(c.expected.product ?? ''));
  });
  it('cut in its picture is named', async () => {
    const bytes = bytesOf('in/brought-adam7-2-8-33x17.png');
    const stored = await PNG.decode(bytes.slice(0, bytes.length - 400), 'drop', TOOLS);
    expect(!stored.ok && stored.fault.facts?.['trouble']).toBe('truncated');
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

describe('BMP of 16 bits a pixel', () => {
  const deep = casesOf('decode').filter((c) => c.id.startsWith('decode-brought-bmp-5'));
  it.each(deep.map((c) => [c.id, c] as const))('has every channel widened as Pillow does: %s', async (_, c) => {
    const stored = await BMP.decode(bytesOf(c.input), 'drop', TOOLS);
    const wanted = pictureOf(c.expected.product ?? '');
    expect(stored.ok && stored.value.raster).toMatchObject({ width: wanted.width, height: wanted.height, channels: 3 });
    expect(stored.ok && [...stored.value.raster.data]).toEqual([...wanted.data]);
  });
  it('is three cases, and leaves other bitmaps to the browser', async () => {
    expect(deep).toHaveLength(3);
    await expect(BMP.decode(bytesOf('in/bmp-rgb.bmp'), 'drop', TOOLS)).rejects.toThrow('There is no browser.');
  });
});

describe('images that are not decoded', () => {
  const fault = (text: string) => {
    const header = readHeader(Uint8Array.from(text, (c) => c.charCodeAt(0)));
    return header.ok ? null : header.fault;
  };
  it.each([
    ['II*\0\x08\0\0\0', 'TIFF'],
    ['MM\0*\0\0\0\x08', 'TIFF'],
    ['\0\0\0\x20ftypavif\0\0\0\0', 'AVIF'],
    ['\0\0\0\x20ftypheic\0\0\0\0', 'HEIC'],
    ['P6\n2 2\n255\n', 'PPM'],
    ['P5 2 2 255 ', 'PGM'],
    ['P1\n# made by hand\n2 2\n', 'PBM'],
    ['P7\nWIDTH 2\n', 'PAM'],
    ['\x0a\x05\x01\x08', 'PCX'],
    ['SIMPLE  =                    T', 'FITS'],
    ['DDS \x7c\0\0\0', 'DDS'],
    ['\0\0\x02\0\0\0\0\0\0\0\0\0\x3d\0\x25\0\x18', 'TGA'],
    ['\0\0\x02\0\x01\0\x20\x20', 'icon'],
    ['NRRD0004\n', 'NRRD'],
    [`${'\0'.repeat(344)}n+1\0`, 'NIfTI'],
    [`${'\0'.repeat(128)}DICM`, 'DICOM'],
  ])('%j is refused by its name, %s', (text, name) => {
    expect(fault(text)).toMatchObject({ code: 'unsupported', facts: { format: name } });
    expect(fault(text)?.message).toContain(`${name} images are not supported`);
  });
  it.each(['P9\n2 2', 'Patient', 'P6x'])('%j is no image at all', (text) => {
    expect(fault(text)?.facts?.['trouble']).toBe('not-an-image');
  });
  it('data that people keep beside images is called what it is', () => {
    expect(fault('\x93NUMPY\x01\0')?.message).toBe('The file is not an image: it is a NumPy array.');
  });
});
