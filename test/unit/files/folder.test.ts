import { describe, expect, it } from 'vitest';
import { folderOfInput } from '../../../src/files/picked.ts';
import { kindOf, type FolderKind } from '../../../src/files/source.ts';

const file = (path: string): File => {
  const made = new File(['x'], path.split('/').at(-1) ?? path);
  Object.defineProperty(made, 'webkitRelativePath', { value: path });
  return made;
};
const list = (...paths: string[]): FileList => paths.map(file) as unknown as FileList;
const folder = (...paths: string[]) => ({ name: 'f', files: paths.map((path) => ({ path })) });

describe('folders', () => {
  it('takes the chosen folder as the root', () => {
    const chosen = folderOfInput(list('bench/data/dataset.json', 'bench/data/images/1.png'));
    expect(chosen?.name).toBe('bench');
    expect(chosen?.files.map((f) => f.path)).toEqual(['data/dataset.json', 'data/images/1.png']);
  });

  it('leaves hidden files and the leavings of tools out', () => {
    const chosen = folderOfInput(list('m/.git/config', 'm/config.json', 'm/.DS_Store', 'm/node_modules/a/config.json'));
    expect(chosen?.files.map((f) => f.path)).toEqual(['config.json']);
  });

  it('is nothing when nothing was chosen', () => {
    expect(folderOfInput(null)).toBeNull();
    expect(folderOfInput(list())).toBeNull();
  });

  it.each<[FolderKind, string[]]>([
    ['model', ['config.json', 'onnx/decoder_model_merged.onnx']],
    ['benchmark', ['data/dataset.csv', 'data/images/1.png']],
    ['benchmark', ['dataset.json']],
    ['both', ['model/config.json', 'model/onnx/a.onnx', 'benchmark/data/dataset.json']],
    ['unknown', ['config.json', 'readme.md']],
    ['unknown', ['my-dataset.json']],
  ])('is a %s by its names: %j', (kind, paths) => {
    expect(kindOf(folder(...paths))).toBe(kind);
  });
});
