import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCsv, parsePythonList, separatorOf } from '../../../src/core/benchmark/csv.ts';
import { parseJson, plain } from '../../../src/core/benchmark/nodes.ts';
import { nothingRuns, readBenchmark, withImages } from '../../../src/core/benchmark/read.ts';
import { limitBenchmark } from '../../../src/core/benchmark/select.ts';
import type { BenchmarkDraft, DraftPair } from '../../../src/core/benchmark/types.ts';
import { requestedMethods } from '../../../src/core/methods/registry.ts';
import { countGroups, planGroups } from '../../../src/core/plan/groups.ts';

const data = (path: string): string => readFileSync(new URL(`../../data/${path}`, import.meta.url), 'utf8');

function draft(path: string, text: string, images: readonly string[]): BenchmarkDraft {
  const files = [path, ...images].map((p) => ({ path: p, size: 9 }));
  const read = readBenchmark('folder', files, { path, text, sha256: 'q' });
  if (!read.ok) throw new Error(read.fault.message);
  return read.value;
}

function mediconfusion(): BenchmarkDraft {
  const text = data('mediconfusion/dataset.json');
  const ids = new Set([...text.matchAll(/"im_[12]_local": (\d+)/g)].map((m) => m[1]));
  return draft(
    'data/dataset.json',
    text,
    [...ids].map((id) => `data/images/${id}.jpg`),
  );
}

const all = (d: BenchmarkDraft): Map<string, { sha256: string }> => new Map(d.images.map((p) => [p, { sha256: p }]));

describe('readBenchmark', () => {
  it('reads the real question file without a problem: 176 pairs, 228 images, 352 questions', () => {
    const d = mediconfusion();
    expect(d.problems).toEqual([]);
    const benchmark = withImages(d, all(d));
    expect(benchmark.pairs).toHaveLength(176);
    expect(benchmark.pairs.filter((p) => p.images[0].right === 'A')).toHaveLength(88);
    expect(countGroups(planGroups(benchmark, requestedMethods(['gd'])))).toEqual({ images: 228, questions: 352 });
  });

  it('reads the same pairs from the official CSV as from the JSON', () => {
    const pairs = (name: string): readonly Omit<DraftPair, 'files'>[] => {
      const read = JSON.parse(data(`benchmarks/${name}/expected.json`)) as { value: BenchmarkDraft };
      return read.value.pairs.map(({ files: _, ...pair }) => pair);
    };
    expect(pairs('official-csv')).toEqual(pairs('official-json'));
    expect(pairs('official-csv')).toHaveLength(3);
  });

  it('keeps the order of the file where ids look like numbers', () => {
    const pair =
      '{"im_1":"a.jpg","im_2":"b.jpg","category_1":[],"category_2":[],"question":"q","option_A":"x","option_B":"y","im_1_correct":"A","im_2_correct":"B"}';
    const d = draft('dataset.json', `{"30":${pair},"4":${pair},"200":${pair}}`, ['a.jpg', 'b.jpg']);
    expect(d.pairs.map((p) => p.id)).toEqual(['30', '4', '200']);
  });

  it('skips the pairs of an unreadable image, and says so for each', () => {
    const d = mediconfusion();
    const images = new Map<string, { sha256: string } | { unreadable: string }>(all(d));
    images.set('data/images/20014.jpg', { unreadable: 'It is no image.' });
    const benchmark = withImages(d, images);
    const users = d.pairs.filter((p) => p.files.includes('data/images/20014.jpg')).map((p) => p.id);
    expect(users.length).toBeGreaterThan(1);
    expect(benchmark.skipped.map((s) => s.pair)).toEqual(users);
    expect(benchmark.pairs).toHaveLength(176 - users.length);
    expect(benchmark.problems[0]).toEqual({
      pair: users[0],
      place: 'data/images/20014.jpg',
      message: 'Image 2 cannot be read: It is no image.',
      severity: 'error',
    });
  });

  it('has a fault for a benchmark of which nothing can run', () => {
    const d = mediconfusion();
    expect(nothingRuns(withImages(d, all(d)))).toBeNull();
    expect(nothingRuns(withImages(d, new Map()))?.message).toContain('data/images/20192.jpg: Image 1 cannot be read');
  });

  it('says so where no image came with the questions', () => {
    const d = draft('dataset.json', data('mediconfusion/dataset.json'), []);
    expect(d.problems).toHaveLength(352);
    expect(nothingRuns(withImages(d, new Map()))?.message).toContain('None of its images is there');
  });

  it('leaves skipped pairs out under a limit that the others reach', () => {
    const d = mediconfusion();
    const images = all(d);
    images.delete('data/images/20014.jpg');
    const benchmark = withImages(d, images);
    expect(limitBenchmark(benchmark, 5).pairs).toEqual(benchmark.pairs.slice(0, 5));
    expect(limitBenchmark(benchmark, 5).skipped).toEqual([]);
    expect(limitBenchmark(benchmark, 176)).toBe(benchmark);
  });
});

describe('parseCsv', () => {
  const rows: readonly [string, string, readonly (readonly string[])[]][] = [
    [
      'separators',
      'a,b\nc,',
      [
        ['a', 'b'],
        ['c', ''],
      ],
    ],
    ['quoted cells', '"a ""b"", c",d\r\n', [['a "b", c', 'd']]],
    [
      'line breaks in cells',
      '"a\r\nb",c\nd,e',
      [
        ['a\r\nb', 'c'],
        ['d', 'e'],
      ],
    ],
    [
      'lines ended by CR',
      'a,b\rc,d\r',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'blank lines',
      'a,b\n\n\r\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'leading empty cells',
      ',a\n,b',
      [
        ['', 'a'],
        ['', 'b'],
      ],
    ],
    ['a BOM', '\uFEFFa,b', [['a', 'b']]],
  ];
  for (const [name, text, expected] of rows)
    it(`reads ${name}`, () => expect(parseCsv(text).rows.map((r) => r.cells)).toEqual(expected));

  it('counts lines inside cells', () => {
    expect(parseCsv('a\n"b\n\nc"\nd').rows.map((r) => r.line)).toEqual([1, 2, 5]);
  });

  it('names the line of a quotation mark that is never closed', () => {
    expect(parseCsv('a,b\nc,"d\ne').problems.map((p) => p.line)).toEqual([2]);
  });

  it('finds the separator of the first line', () => {
    expect(['a,b', 'a;b;"c,d,e"', 'a\tb', 'a'].map(separatorOf)).toEqual([',', ';', '\t', ',']);
  });
});

describe('parsePythonList', () => {
  const lists: readonly [string, readonly string[] | null][] = [
    ["['Cerebral', 'Head and Neck']", ['Cerebral', 'Head and Neck']],
    [`["Crohn's", 'a\\'b']`, ["Crohn's", "a'b"]],
    ['[]', []],
    ['Cerebral', null],
    ["['a' 'b']", null],
    ['[1]', null],
  ];
  for (const [text, expected] of lists) it(`reads ${text}`, () => expect(parsePythonList(text)).toEqual(expected));
});

describe('parseJson', () => {
  it('gives what JSON.parse gives', () => {
    const text = data('mediconfusion/dataset.json');
    const parsed = parseJson(text);
    expect(parsed.ok && plain(parsed.root)).toEqual(JSON.parse(text));
    const odd = '{"a\\u0041\\n":[-1.5e-3,0,true,false,null,"\\"",{}],"__proto__x":[]}';
    const second = parseJson(odd);
    expect(second.ok && plain(second.root)).toEqual(JSON.parse(odd));
  });

  const broken: readonly [string, number, number][] = [
    ['{"a": 1,}', 1, 9],
    ['{"a": 1\n"b": 2}', 2, 1],
    ['[1, 2', 1, 6],
    ['["a\nb"]', 1, 4],
    ['{"a": tru}', 1, 7],
    ['[01]', 1, 3],
    ['"a', 1, 1],
    ['{} {}', 1, 4],
    ['["\\x"]', 1, 3],
    ['', 1, 1],
    ['['.repeat(5000), 1, 102],
  ];
  for (const [text, line, column] of broken)
    it(`names the place of what breaks ${JSON.stringify(text.slice(0, 20))}`, () => {
      expect(() => JSON.parse(text) as unknown).toThrow();
      expect(parseJson(text)).toMatchObject({ ok: false, place: { line, column } });
    });
});
