import { describe, expect, it } from 'vitest';
import { captionPaths, imagePaths, readCollection } from '../../../src/core/discovery/collection.ts';

const read = (paths: readonly string[], texts: Readonly<Record<string, string>>) =>
  readCollection('ours', [...paths, ...Object.keys(texts)], new Map(Object.entries(texts)));

describe('readCollection', () => {
  it('reads ROCO: a name, a tab, a caption with any quotation marks', () => {
    const { collection } = read(['images/ROCO_1.jpg'], { 'captions.txt': 'ROCO_1\t A "large" mass\r\n' });
    expect(collection).toMatchObject({
      format: 'ROCO',
      images: [{ path: 'images/ROCO_1.jpg', caption: 'A "large" mass' }],
      problems: [],
    });
  });
  it('reads ROCOv2, PMC-OA, tables of one’s own and MediConfusion', () => {
    const dataset = JSON.stringify({
      7: { im_1_local: 3, im_2_local: 4, cap_1: 'three', cap_2: 'four', category_1: ['Spinal'] },
    });
    for (const [paths, texts] of [
      [['train/x.png'], { 'train_captions.csv': 'ID,Caption\nx,"three"\n' }],
      [['x.png'], { 'pmc.jsonl': '{"image": "x.png", "caption": "three"}\n' }],
      [['a/x.png'], { 'ours.tsv': 'file\tcaption\tcategory\na/x.png\tthree\tSpinal\n' }],
      [['data/images/3.jpg', 'data/images/4.jpg'], { 'data/dataset.json': dataset }],
    ] as const) {
      const { collection } = read(paths, texts);
      expect(collection.images[0]?.caption, Object.keys(texts)[0]).toBe('three');
      expect(collection.problems).toEqual([]);
    }
  });
  it('takes a plain folder without captions, in the order of paths', () => {
    const { collection } = read(['b/2.png', 'a/1.jpg', 'notes.md'], {});
    expect(collection.images.map((i) => i.path)).toEqual(['a/1.jpg', 'b/2.png']);
    expect([collection.format, collection.problems]).toEqual(['images without captions', []]);
  });
  it('tells captions without image, images without caption and damaged lines, each with its place, and keeps every image', () => {
    const { collection } = read(['x.png', 'y.png'], {
      'c.jsonl': '{"image": "x.png", "caption": "a"}\n{"image": "gone.png", "caption": "b"}\n{bro\n',
    });
    expect(collection.images.length).toBe(2);
    expect(collection.problems.map((p) => p.place)).toEqual(['c.jsonl, line 3', 'c.jsonl, line 2', 'y.png']);
  });
  it('tells of a column that holds pictures themselves in a short sentence', () => {
    const { collection } = read(['x.png'], { 'c.tsv': `image\tcategory\n${'iVBORw0KGgo'.repeat(4000)}\tSpinal\n` });
    expect(collection.problems[0]?.message.length).toBeLessThan(200);
    expect(collection.problems[0]?.message).toContain('is not in the folder');
  });
  it('says where there is no image at all', () => {
    expect(read([], { 'captions.txt': 'a\tb' }).nothing?.message).toContain('holds no images');
  });
  it('names the figure that a file was cut from', () => {
    const { collection } = read(['PMC1064097_F2.jpg', 'pmc77_fig3_b.png', 'scan.png'], {});
    expect(collection.images.map((i) => i.figure)).toEqual(['PMC1064097 F2', 'PMC77 F3', null]);
  });
  it('knows images and caption files by their endings', () => {
    expect(imagePaths(['b.PNG', 'a.dcm', 'c.txt'])).toEqual(['a.dcm', 'b.PNG']);
    expect(captionPaths(['x/captions.txt', 'a.csv', 'dataset.json', 'readme.txt'])).toEqual([
      'a.csv',
      'dataset.json',
      'x/captions.txt',
    ]);
  });
});
