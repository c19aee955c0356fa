import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { sourceFile, type Folder } from '../../../src/files/source.ts';
import { bring } from '../../../src/ui/shared/bring.svelte.ts';

const folder = (name: string, path: string): Folder => ({ name, files: [sourceFile(path, new Blob(['no folder']))] });

test('a folder that is brought while another is unpacked waits for it, and is read', async () => {
  const first = bring.folders([folder('one', 'one.zip')]);
  await bring.folders([folder('two', 'two.txt')]);
  await first;
  expect(bring.doing).toBeNull();
  expect(bring.problem?.title).toBe('two was not taken');
});
