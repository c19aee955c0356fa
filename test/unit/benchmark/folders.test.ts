import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeQuestions, findQuestionFile, readBenchmark } from '../../../src/core/benchmark/read.ts';
import type { ListedFile } from '../../../src/core/benchmark/types.ts';

/**
 * Each folder of test/data/benchmarks is a case: a question file, `listing.txt` (further files of the folder, each with its size behind it if not
 * 10), and what is to be read in `expected.json`. A new case needs no code; KEEP_EXPECTED=1 writes what is read, to be checked by eye.
 */
const root = new URL('../../data/benchmarks/', import.meta.url).pathname;

function walk(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? walk(join(dir, e.name)) : [join(dir, e.name)],
  );
}

function listing(dir: string): ListedFile[] {
  const own = walk(dir).map((f) => ({ path: relative(dir, f).split(sep).join('/'), size: statSync(f).size }));
  const lines = readFileSync(join(dir, 'listing.txt'), 'utf8').split('\n');
  const more = lines.filter((l) => l !== '').map((l) => l.split(' '));
  return [
    ...own.filter((f) => f.path !== 'listing.txt' && f.path !== 'expected.json'),
    ...more.map(([path, size]) => ({ path: path ?? '', size: Number(size ?? 10) })),
  ];
}

function read(dir: string): unknown {
  const files = listing(dir);
  const found = findQuestionFile(files);
  if (!found.ok) return found;
  const text = decodeQuestions(found.value, readFileSync(join(dir, found.value)));
  if (!text.ok) return text;
  return readBenchmark('chosen', files, { path: found.value, text: text.value, sha256: 'f'.repeat(64) });
}

describe('benchmark folders', () => {
  for (const name of readdirSync(root)) {
    it(name, () => {
      const got = JSON.parse(JSON.stringify(read(join(root, name)))) as unknown;
      const file = join(root, name, 'expected.json');
      if (process.env['KEEP_EXPECTED'] === '1') writeFileSync(file, `${JSON.stringify(got, null, 1)}\n`);
      expect(existsSync(file)).toBe(true);
      expect(got).toEqual(JSON.parse(readFileSync(file, 'utf8')));
    });
  }
});
