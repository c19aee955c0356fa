import { expect, it } from 'vitest';
import { imagesOf, sourcesOf } from '../../../src/cli/pair-inputs.ts';
import type { FindPairsCliRequest } from '../../../src/cli/find-pairs.ts';
import { npyHeader } from '../../../src/core/discovery/npy.ts';
import { imagesCsv } from '../../../src/core/discovery/pairs-csv.ts';
import { FaultError } from '../../../src/core/fault.ts';
import { sourceFile, type SourceFile } from '../../../src/files/source.ts';

const npy = (path: string, rows: number): SourceFile =>
  sourceFile(path, new Blob([npyHeader(rows, 2), new Float32Array(rows * 2).fill(1)]));
const csv = (text: string): SourceFile => sourceFile('images.csv', new Blob([text]));
const GIVEN = { collection: null, encoders: null } as FindPairsCliRequest;

async function refused(files: readonly SourceFile[]): Promise<string> {
  try {
    await sourcesOf(GIVEN, files);
    return '';
  } catch (e) {
    return e instanceof FaultError ? `${e.fault.code}: ${e.fault.message}` : String(e);
  }
}

it('embeddings of other numbers of images are refused with both numbers', async () => {
  expect(await refused([npy('med.npy', 4), npy('gen.npy', 3)])).toBe(
    'bad-argument: med.npy has 4 rows and gen.npy has 3; row i of both must be the embedding of image i.',
  );
  expect(await refused([npy('med.npy', 3), npy('gen.npy', 3), csv('image\na.png\nb.png\n')])).toMatch(
    /^bad-argument: images.csv names 2 images and med.npy has 3 rows/,
  );
  expect(await refused([npy('med.npy', 2), npy('gen.npy', 2), csv('image\na.png\nb.png\n')])).toBe('');
});

it('a file that is not there, and an images.csv without names, are told', async () => {
  expect(await refused([npy('med.npy', 4)])).toMatch(/^not-found: .* no gen\.npy/);
  expect(await refused([npy('med.npy', 1), npy('gen.npy', 1), csv('a,b\n1,2\n')])).toMatch(/no column named image/);
});

it('images.csv names the images that it was written for, those too that a spreadsheet would take for formulas', async () => {
  const paths = ['=cmd.png', '-1.png', 'it\'s, "1".png', 'größe/影像.png', '@x.png'];
  const written = imagesCsv(paths.map((path) => ({ path, sha256: 'a', caption: null, category: null })));
  const files = [npy('med.npy', paths.length), npy('gen.npy', paths.length), csv(written)];
  const { images } = await imagesOf(GIVEN, files, () => undefined, new AbortController().signal);
  expect(images.map((i) => i.path)).toEqual(paths);
});
