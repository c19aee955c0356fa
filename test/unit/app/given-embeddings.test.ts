import { describe, expect, it } from 'vitest';
import { fitsRows, imagesOfRows, readEmbeddings } from '../../../src/app/given-embeddings.ts';
import type { HashedImage } from '../../../src/app/read-collection.ts';
import { holdsEmbeddings } from '../../../src/core/discovery/given.ts';
import { npyHeader } from '../../../src/core/discovery/npy.ts';
import { imagesCsv } from '../../../src/core/discovery/pairs-csv.ts';
import { FaultError } from '../../../src/core/fault.ts';
import { sourceFile, type SourceFile } from '../../../src/files/source.ts';

const npy = (path: string, rows: number): SourceFile =>
  sourceFile(path, new Blob([npyHeader(rows, 2), new Float32Array(rows * 2).fill(1)]));
const csv = (text: string): SourceFile => sourceFile('images.csv', new Blob([text]));
const both = (rows: number): SourceFile[] => [npy('med.npy', rows), npy('gen.npy', rows)];
const read = (files: readonly SourceFile[]) => readEmbeddings('given', files);

async function refused(work: () => unknown): Promise<string> {
  try {
    await work();
    return '';
  } catch (e) {
    return e instanceof FaultError ? `${e.fault.code}: ${e.fault.message}` : String(e);
  }
}

const image = (path: string): HashedImage => ({
  path,
  sha256: path,
  bytes: 1,
  caption: null,
  category: null,
  figure: null,
  blob: () => Promise.reject(new Error('No bytes are wanted.')),
});
const collection = ['a.png', 'b.png', 'c.png', 'deep/d.png'].map(image);
const paths = ({ images }: { images: readonly HashedImage[] }): string[] => images.map((i) => i.path);

describe('the files of a folder', () => {
  it('embeddings of other numbers of images are refused with both numbers', async () => {
    expect(await refused(() => read([npy('med.npy', 4), npy('gen.npy', 3)]))).toBe(
      'bad-argument: med.npy has 4 rows and gen.npy has 3; row i of both must be the embedding of image i.',
    );
    expect(await refused(() => read([...both(3), csv('image\na.png\nb.png\n')]))).toMatch(
      /^bad-argument: images.csv names 2 images and med.npy has 3 rows/,
    );
    expect(await refused(() => read([...both(2), csv('image\na.png\nb.png\n')]))).toBe('');
  });

  it('what is missing, and what would have to be guessed, is told', async () => {
    expect(await refused(() => read([npy('med.npy', 4)]))).toMatch(/^not-found: .* no gen\.npy or gen\.parquet\. /);
    expect(await refused(() => read([csv('image\n')]))).toMatch(/^not-found: .* must hold med\.npy and gen\.npy, or /);
    expect(await refused(() => read([...both(1), npy('med.parquet', 1)]))).toMatch(
      /^bad-argument: .* holds gen\.npy, med\.npy, med\.parquet, and only one of them for each encoder can be meant\./,
    );
    const deep = both(1).flatMap((f) => ['x/', 'y/'].map((at) => ({ ...f, path: at + f.path })));
    expect(await refused(() => read(deep))).toMatch(/^bad-argument: Embeddings lie in 2 folders \(x\/, y\/\)\./);
  });

  it('a folder within the folder is read, as zips have one', async () => {
    const files = [...both(2), csv('image\na.png\nb.png\n')].map((f) => ({ ...f, path: `out/${f.path}` }));
    expect(holdsEmbeddings(files.map((f) => f.path))).toBe(true);
    expect((await read(files)).rows?.names).toEqual(['a.png', 'b.png']);
    expect(holdsEmbeddings(['images/med.png', 'images.csv', 'amed.npy'])).toBe(false);
  });
});

describe('images.csv', () => {
  it('names the images that it was written for, those too that a spreadsheet would take for formulas', async () => {
    const names = ['=cmd.png', '-1.png', 'it\'s, "1".png', 'größe/影像.png', '@x.png'];
    const written = imagesCsv(names.map((path) => ({ path, sha256: 'a', caption: `of ${path}`, category: null })));
    const given = await read([...both(names.length), csv(written)]);
    expect(paths(imagesOfRows(given, null))).toEqual(names);
    expect(given.rows?.captions).toEqual(names.map((path) => `of ${path}`));
  });

  it.for([
    ['BOM, semicolons, CRLF', '\uFEFFrow;Image;caption\r\n0;a.png;"one; two"\r\n1;b.png;\r\n'],
    ['tabs', 'image\tcaption\na.png\tone; two\nb.png\t\n'],
    ['sep= of a spreadsheet', 'sep=;\r\nimage;caption\r\na.png;"one; two"\r\nb.png;\r\n'],
    ['a file that calls it path', '\uFEFFpath,caption\ra.png,one; two\rb.png,\r'],
  ])('is read with %s', async ([, text]) => {
    const { rows } = await read([...both(2), csv(text ?? '')]);
    expect(rows).toMatchObject({ names: ['a.png', 'b.png'], captions: ['one; two', null] });
  });

  it('is refused without names, with one twice, with one missing, and torn', async () => {
    expect(await refused(() => read([...both(1), csv('a,b\n1,2\n')]))).toMatch(/no column named image/);
    expect(await refused(() => read([...both(3), csv('image\na.png\nb.png\na.png\n')]))).toBe(
      'bad-argument: images.csv names the image a.png twice, in rows 1 and 3; each row must be another image. Leave one of the two out of all files.',
    );
    expect(await refused(() => read([...both(2), csv('row,image\n0,a.png\n1,\n')]))).toMatch(/no image in line 3\./);
    expect(await refused(() => read([...both(2), csv('image\na.png\n"b.png\n')]))).toMatch(/damaged in line 3/);
  });
});

describe('the image of each row', () => {
  const given = async (names: readonly string[]) => read([...both(names.length), csv(`image\n${names.join('\n')}\n`)]);

  it('is found whatever the order of the collection, by path, by bare name and by a path of another machine', async () => {
    const found = imagesOfRows(await given(['c.png', 'd.png', '/data/roco/b.png', 'a']), collection);
    expect(paths(found)).toEqual(['c.png', 'deep/d.png', 'b.png', 'a.png']);
    expect(found.problems).toEqual([]);
  });

  it('of a part of the collection leaves the rest out, and says so', async () => {
    const found = imagesOfRows(await given(['b.png', 'a.png']), collection);
    expect(paths(found)).toEqual(['b.png', 'a.png']);
    expect(found.problems).toEqual([
      {
        place: 'med.npy',
        message: 'Images of the collection that no row of the embeddings names: 2 of 4. They are not compared.',
      },
    ]);
  });

  it('that the collection does not hold, or holds once for two rows, is refused', async () => {
    const more = await given(['a.png', 'x.png', 'y.png']);
    expect(await refused(() => imagesOfRows(more, collection))).toBe(
      'bad-argument: The embeddings are of 2 images that the collection does not hold, the first x.png. Name the collection whose images they are.',
    );
    const twice = await given(['1/a.png', '2/a.png']);
    expect(await refused(() => imagesOfRows(twice, collection))).toMatch(
      /^bad-argument: Rows 1 and 2 of the embeddings \(1\/a\.png, 2\/a\.png\) both mean the image a\.png of the collection\./,
    );
  });

  it('without names is that of its place, and without a collection its number', async () => {
    const nameless = await read(both(4));
    expect(paths(imagesOfRows(nameless, collection))).toEqual(collection.map((i) => i.path));
    expect(paths(imagesOfRows(nameless, null))).toEqual(['0', '1', '2', '3']);
  });

  it('fits a collection that holds every name, or as many images as there are rows', async () => {
    expect(fitsRows(await given(['b.png', 'a.png']), collection)).toBe(true);
    expect(fitsRows(await given(['b.png', 'x.png']), collection)).toBe(false);
    expect(fitsRows(await read(both(4)), collection)).toBe(true);
    expect(fitsRows(await read(both(3)), collection)).toBe(false);
  });
});
