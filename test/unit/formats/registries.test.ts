import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BENCHMARK_FORMATS, questionFileWords } from '../../../src/core/benchmark/formats/registry.ts';
import type { BenchmarkFormat } from '../../../src/core/benchmark/formats/types.ts';
import { findQuestionFile, readQuestions } from '../../../src/core/benchmark/read.ts';
import { imageFinder } from '../../../src/core/benchmark/images.ts';
import { ok } from '../../../src/core/fault.ts';
import { readHeader } from '../../../src/core/images/formats/read.ts';
import { IMAGE_FORMATS } from '../../../src/core/images/formats/registry.ts';
import type { ImageFormat } from '../../../src/core/images/formats/types.ts';
import { DEFAULT_PIXEL_POLICY } from '../../../src/core/images/types.ts';
import { kindOf } from '../../../src/files/source.ts';
import { commandHelp } from '../../../tools/cli/help.mjs';
import { command } from '../../../tools/commands/evaluate.mjs';
import { decodeImage } from '../../../workers/pixels/decode.ts';

/** A format of question files that is in the registry only while a test runs: one pair a line, its fields behind bars. */
const BARS: BenchmarkFormat = {
  label: 'bars',
  ending: 'bars',
  rows: (path, text) =>
    ok({
      rows: text.split('\n').map((line, i) => {
        const place = `${path}, line ${i + 1}`;
        const [id, ...cells] = line.split('|');
        const names = ['question', 'option_A', 'option_B', 'im_1', 'im_2', 'im_1_correct', 'im_2_correct'];
        const fields = new Map(names.map((name, n) => [name, { value: cells[n], place }]));
        return { id: { value: id, place }, place, fields, broken: null };
      }),
      problems: [],
    }),
};

describe('a benchmark format that is one line of the registry', () => {
  beforeEach(() => void BENCHMARK_FORMATS.push(BARS));
  afterEach(() => void BENCHMARK_FORMATS.splice(BENCHMARK_FORMATS.indexOf(BARS), 1));

  test('is found in a folder and read', () => {
    const found = findQuestionFile([{ path: 'data/dataset.bars', size: 1 }]);
    expect(found).toEqual(ok('data/dataset.bars'));
    const text = '7|Is it dark?|yes|no|a.png|b.png|A|B';
    const read = readQuestions('mine', { path: 'data/dataset.bars', text, sha256: '' });
    expect(read.ok && read.value.skipped).toEqual([]);
    expect(read.ok && read.value.pairs[0]).toMatchObject({ id: '7', question: 'Is it dark?' });
  });

  test('is in what the page and the command line say', async () => {
    const missing = findQuestionFile([]);
    expect(missing.ok ? '' : missing.fault.message).toContain('no data/dataset.csv and no data/dataset.bars.');
    expect(questionFileWords()).toBe('dataset.json or dataset.csv or dataset.bars');
    expect(kindOf({ files: [{ path: 'dataset.bars' }] })).toBe('benchmark');
    expect(commandHelp(command, await command.options(), 'lookalike evaluate')).toContain('dataset.bars');
    const other = readQuestions('mine', { path: 'dataset.txt', text: '', sha256: '' });
    expect(other.ok ? '' : other.fault.message).toBe(
      'dataset.txt is in no format that is read here (JSON, CSV, bars).',
    );
  });
});

/** An image format that is in the registry only while a test runs: "DOT", width, height. */
const DOT: ImageFormat = {
  label: 'Dot',
  mime: 'image/x-dot',
  endings: ['dot'],
  begins: (bytes) => String.fromCharCode(...bytes.subarray(0, 3)) === 'DOT',
  readHeader: (bytes) =>
    ok({ width: bytes[3] ?? 0, height: bytes[4] ?? 0, orientation: 1, cmyk: false, animated: false }),
  decode: async () => ok({ raster: { width: 1, height: 1, channels: 1, data: new Uint8Array(1) }, notes: [] }),
};

describe('an image format that is one line of the registry', () => {
  beforeEach(() => void IMAGE_FORMATS.push(DOT));
  afterEach(() => void IMAGE_FORMATS.splice(IMAGE_FORMATS.indexOf(DOT), 1));

  test('has its header read by its first bytes', () => {
    const header = readHeader(new Uint8Array([0x44, 0x4f, 0x54, 12, 34]));
    expect(header.ok && header.value).toMatchObject({ width: 12, height: 34, format: DOT });
  });

  test('is decoded as the others are, and held to its header', async () => {
    const file = (width: number): Blob => new Blob([new Uint8Array([0x44, 0x4f, 0x54, width, 1])]);
    const decoded = await decodeImage(file(1), DEFAULT_PIXEL_POLICY);
    expect(decoded.ok && decoded.value.raster).toMatchObject({ width: 1, height: 1, channels: 3 });
    const other = await decodeImage(file(2), DEFAULT_PIXEL_POLICY);
    expect(other.ok ? '' : other.fault.message).toContain('its picture is of another size than its header says');
  });

  test('is found by an address without an ending, and named where a file is of no format', () => {
    const { find } = imageFinder([{ path: 'data/images/5.dot', size: 5 }], 'data/');
    expect(find(null, '5').file).toBe('data/images/5.dot');
    const unknown = readHeader(new TextEncoder().encode('nothing'));
    expect(unknown.ok ? '' : unknown.fault.message).toContain('(JPEG, PNG, WebP, GIF, BMP, Dot)');
  });
});
