import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withHashes } from '../../../tools/drive/hashes.mjs';
import { withLock } from '../../../tools/setup/lock.mjs';
import { buildHash } from '../../../tools/setup/setup.mjs';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lookalike-files-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('files are hashed, and a changed one again', async () => {
  const memory = join(dir, 'memory.json');
  const file = join(dir, 'config.json');
  writeFileSync(file, 'one');
  expect(await withHashes(dir, [{ path: 'config.json', size: 3 }], memory)).toEqual([
    { path: 'config.json', size: 3, sha256: sha256('one') },
  ]);
  writeFileSync(file, 'three');
  expect(await withHashes(dir, [{ path: 'config.json', size: 5 }], memory)).toEqual([
    { path: 'config.json', size: 5, sha256: sha256('three') },
  ]);
});

test('a remembered hash is not made again, a broken memory is no memory', async () => {
  const memory = join(dir, 'memory.json');
  writeFileSync(join(dir, 'a'), 'bytes');
  const files = [{ path: 'a', size: 5 }];
  await withHashes(dir, files, memory);
  const planted = readFileSync(memory, 'utf8').replace(sha256('bytes'), 'f'.repeat(64));
  writeFileSync(memory, planted);
  expect(await withHashes(dir, files, memory)).toEqual([{ path: 'a', size: 5, sha256: 'f'.repeat(64) }]);
  writeFileSync(memory, '{"broken');
  expect(await withHashes(dir, files, memory)).toEqual([{ path: 'a', size: 5, sha256: sha256('bytes') }]);
});

test('two at once take turns', async () => {
  const lock = join(dir, 'lock');
  const order: string[] = [];
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const first = withLock(lock, 'testing', async () => {
    order.push('first in');
    await gate;
    order.push('first out');
  });
  const second = withLock(lock, 'testing', async () => {
    order.push('second');
  });
  release();
  await Promise.all([first, second]);
  expect(order).toEqual(['first in', 'first out', 'second']);
});

test('a lock whose owner was killed is taken over', async () => {
  const lock = join(dir, 'lock');
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.on('close', resolve));
  writeFileSync(lock, String(child.pid));
  expect(await withLock(lock, 'testing', async () => 'ours')).toBe('ours');
});

test('a failure inside frees the lock', async () => {
  const lock = join(dir, 'lock');
  await expect(withLock(lock, 'testing', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(lock, 'testing', async () => 'ours')).toBe('ours');
});

test('the build has one hash as long as its sources are the same', () => {
  expect(buildHash()).toMatch(/^[0-9a-f]{64}$/);
});
