import { describe, expect, it } from 'vitest';
import type { Benchmark } from '../../../src/core/benchmark/types.ts';
import { canonicalJson, strictJson } from '../../../src/core/exchange/canonical.ts';
import { isCertified, resultsFiles } from '../../../src/core/exchange/results-folder.ts';
import { guardedCell, toText } from '../../../src/core/reports/grid.ts';
import { parseRecordLines, recordsText } from '../../../src/core/exchange/records-file.ts';
import type { RunInfo } from '../../../src/core/records/run-info.ts';
import type { ResultRecord } from '../../../src/core/records/record.ts';
import { summarise } from '../../../src/core/statistics/summary.ts';
import { readOfficialFiles, type OfficialRun } from '../../../src/core/exchange/import-files.ts';
import { readOfficial } from '../../../src/core/exchange/import.ts';
import { importedRunInfo } from '../../../src/core/exchange/imported-run.ts';
import { runGrids } from '../../../src/core/reports/run-tables.ts';
import { failed, mediconfusion, policy, text } from '../statistics/fixtures.ts';

const whole = mediconfusion();
const benchmark: Benchmark = {
  ...whole,
  pairs: whole.pairs.slice(0, 3),
  skipped: [{ pair: '77', reason: 'Image 1 is missing.' }],
};
const info: RunInfo = {
  format: 'lookalike-results/1',
  lookalike: '0.1.0',
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:01:00.000Z',
  state: 'done',
  model: { id: 'org/phantom | vlm', revision: null, family: 'smolvlm', dtype: { decoder: 'fp32' }, files: [] },
  benchmark: { name: 'phantoms', sha256: 'b', pairs: 3, questions: 6, images: 4 },
  promptSet: { name: 'lookalike', sha256: 'p', prompts: {} },
  methods: ['gd', 'ps'],
  device: { kind: 'wasm', adapter: null, features: [], limits: {}, browser: 'Chromium', threads: 2 },
  libraries: {},
  scoringVersion: '1',
  pixels: { passOrder: 'horizontal-first', exif: 'apply', alpha: 'drop' },
  certificate: { passed: true, overridden: false },
  work: { imageEncodes: 4, prefills: 4, prefillTokens: 4, suffixes: 4, suffixTokens: 4, decodeTokens: 0 },
  seconds: { load: 1, score: 2 },
  command: null,
};
const right = (method: string): ResultRecord[] => policy(benchmark, method, (p, i) => p.images[i === 1 ? 0 : 1].right);
const records = [...right('ps-official'), ...right('gd').reverse(), ...right('ps')];

function files(run: RunInfo = info, from: readonly ResultRecord[] = records, limit: number | null = null) {
  return new Map(resultsFiles(run, benchmark, from, limit).map((f) => [f.path, f.text]));
}

describe('resultsFiles', () => {
  it('writes the files of docs/results.md, official ones for the methods that the official code knows', () => {
    expect([...files().keys()]).toEqual([
      ...['run.json', 'records.jsonl', 'summary.json', 'tables.md', 'tables.csv'],
      ...['official/phantom_vlm_greedy.json', 'official/phantom_vlm_prefix.json', 'benchmark.json'],
    ]);
  });

  it("puts records in the benchmark's order, each once, the later of two", () => {
    const [first] = benchmark.pairs;
    if (!first) throw new Error('no pair');
    const lines = files(info, [failed(first, 1, 'gd'), ...records]).get('records.jsonl') ?? '';
    const read = parseRecordLines(lines).records as ResultRecord[];
    const keys = benchmark.pairs.flatMap((p) =>
      [1, 2].flatMap((i) => ['gd', 'ps', 'ps-official'].map((m) => `${p.id} ${i} ${m}`)),
    );
    expect(read.map((r) => `${r.pair} ${r.image} ${r.method}`)).toEqual(keys);
    expect(read[0]?.status).toBe('scored');
  });

  it('counts what was skipped, failed and limited', () => {
    const [first] = benchmark.pairs;
    if (!first) throw new Error('no pair');
    const summary = JSON.parse(files(info, [...records, failed(first, 2, 'gd')]).get('summary.json') ?? '') as Record<
      string,
      unknown
    >;
    expect(summary).toMatchObject({ pairs: 4, questions: 8, skipped: benchmark.skipped, failed: 1 });
    expect(summary['methods']).toMatchObject({ gd: { counts: { pairs: 2 } }, ps: { counts: { pairs: 3 } } });
    expect(JSON.parse(files(info, records, 2).get('summary.json') ?? '')).toMatchObject({ pairs: 2, skipped: [] });
  });

  it('says in every table what it may be used for and how many pairs it is about', () => {
    const [, ...tables] = (files().get('tables.md') ?? '').split('### ');
    expect(tables.length).toBeGreaterThan(1);
    for (const table of tables) {
      expect(table).toContain('Research use, not diagnosis');
      expect(table).toContain('3 of 4');
      expect(table).not.toContain('certificate');
    }
  });

  it.each([null, { passed: false, overridden: true }, { passed: true, overridden: true }])(
    'says in every table that a certificate like %j proves nothing',
    (certificate) => {
      const run = { ...info, certificate };
      expect(isCertified(run)).toBe(false);
      const [, ...tables] = (files(run).get('tables.md') ?? '').split('### ');
      for (const table of tables) expect(table).toContain('no passing device certificate');
      const [, ...rows] = (files(run).get('tables.csv') ?? '').trim().split('\r\n');
      for (const row of rows) expect(row).toMatch(/,not passed$/);
    },
  );

  it('keeps what the user named from breaking a table', () => {
    expect(files().get('tables.md')).toContain('# org/phantom | vlm on phantoms');
    const run = { ...info, model: { ...info.model, id: '=HYPERLINK("x")' } };
    expect(files(run).get('tables.csv')).toContain(`"'=HYPERLINK(""x"")",phantoms,gd,All,6,3 of 4,100.00`);
  });

  it('tells the sensitivity, with PMI derived from records that hold it', () => {
    const option = (score: number) => ({ score, sum: score, tokens: [1], tokenLogprobs: [score] });
    const options = { A: option(-1), B: option(-2) };
    const scored = (method: string) => right(method).map((r) => (r.status === 'scored' ? { ...r, options } : r));
    const run = { ...info, methods: ['ps', 'ps+no-image'] };
    const out = files(run, [...scored('ps'), ...scored('ps+no-image')]);
    expect(out.get('tables.md')).toContain('| PS (3 of 4 pairs) | - | - | - | 100.00 of 6 | - |');
    expect(out.get('tables.md')).toContain('| PS less text only (PMI) |');
    expect(parseRecordLines(out.get('records.jsonl') ?? '').records[0]).toMatchObject({
      method: 'ps',
      options: { A: { pmi: 0 } },
    });
    expect(out.get('records.jsonl')).not.toContain('ps-pmi');
  });

  it('names a method that was asked for and has no record', () => {
    const summary = JSON.parse(files(info, right('gd')).get('summary.json') ?? '') as { methods: object };
    expect(Object.keys(summary.methods)).toEqual(['gd', 'ps', 'ps-official']);
    expect(files(info, right('gd')).get('tables.md')).toContain('| PS | - | - | - | - | - | - | 0 of 4 |');
  });

  it('names official files of an imported run as the file was', () => {
    const model = { ...info.model, id: 'llava_med' };
    const run = { ...info, model, imported: { from: 'llava_med_greedy.json', format: 'official' } };
    expect([...files(run, right('gd')).keys()]).toContain('official/llava_med_greedy.json');
  });

  it('refuses to write a number that is none, and says where', () => {
    const [first, ...rest] = records;
    if (first?.status !== 'scored') throw new Error('no record');
    const broken = { ...first, margin: NaN };
    expect(() => files(info, [broken, ...rest])).toThrow('Record 10001/1/ps-official: margin is NaN');
    expect(() => files({ ...info, seconds: { load: Infinity, score: 0 } })).toThrow('seconds.load is Infinity');
  });
});

describe('a table for a terminal', () => {
  it('has aligned columns, and the same remarks', () => {
    const [grid] = runGrids(benchmark, records, summarise(benchmark, records), false);
    const lines = grid ? toText(grid).split('\n') : [];
    const [head = '', , gd = ''] = lines.slice(lines.findIndex((l) => l.startsWith('Method')));
    expect(gd).toMatch(/^GD +100\.00\* +100\.00\* +0\.00 .* 3 of 4$/);
    expect(gd.indexOf('100.00*') + 6).toBe(head.indexOf('Set') + 3);
    expect(lines.join(' ')).toMatch(/Research use.*no passing device certificate/);
  });
});

describe('importedRunInfo', () => {
  const facts = { lookalike: '0.1.0', at: 'now', command: null, browser: 'Chromium 1' };
  const official = (...names: string[]): OfficialRun => {
    const files = names.map((name) => ({ name: `${name}.json`, text: text(`official/${name}.json.gz`) }));
    const { runs, faults } = readOfficialFiles(files, whole);
    if (faults[0] || !runs[0] || runs[1]) throw new Error(faults[0]?.message ?? `${runs.length} runs`);
    return runs[0];
  };
  const written = (run: OfficialRun) =>
    new Map(resultsFiles(importedRunInfo(run, whole, facts), whole, run.records).map((f) => [f.path, f.text]));

  it('marks the run as imported, and its official file is named as it was', () => {
    const one = official('gpt_mc');
    const run = importedRunInfo(one, whole, facts);
    expect(run).toMatchObject({ imported: { from: 'gpt_mc.json', format: 'mediconfusion/mc' }, methods: ['mc'] });
    expect(run.device.browser).toBe('Chromium 1');
    expect(run.benchmark).toMatchObject({ pairs: 176, questions: 352, images: 228 });
    const files = written(one);
    expect(files.get('tables.md')).toContain('| MC | <u>19.32</u> | <u>55.40</u> | 71.88 | 4.83 | 75.56 |');
    expect(files.get('tables.md')).not.toContain('certificate');
    const again = readOfficial('gpt_mc.json', files.get('official/gpt_mc.json') ?? '', whole);
    expect(again.ok && again.value.problems).toEqual([]);
  });

  it('counts distinct images of a question file alone, whose images have no hash', () => {
    const pairs = whole.pairs.map((p) => {
      const [one, two] = p.images;
      return {
        ...p,
        images: [
          { ...one, sha256: null },
          { ...two, sha256: null },
        ] as const,
      };
    });
    expect(importedRunInfo(official('gpt_mc'), { ...whole, pairs }, facts).benchmark.images).toBe(228);
  });

  it('makes one run of the files of one key, whose official files are those of each by itself', () => {
    const both = official('gpt_gpt4', 'gpt_mc');
    expect(importedRunInfo(both, whole, facts)).toMatchObject({
      model: { id: 'gpt' },
      imported: { from: 'gpt_mc.json, gpt_gpt4.json', format: 'mediconfusion/mc+gpt4' },
      methods: ['mc', 'ff'],
    });
    const files = written(both);
    for (const name of ['gpt_mc', 'gpt_gpt4']) {
      const path = `official/${name}.json`;
      expect(files.get(path)).toBe(written(official(name)).get(path));
      expect(files.get(path)).toBeDefined();
    }
    expect(files.get('official/gpt_gpt4.json')).toBe(text('official/gpt_gpt4.json.gz'));
    expect([...files.keys()].filter((p) => p.startsWith('official/'))).toHaveLength(2);
    expect(files.get('tables.md')).toContain('Imported from gpt_mc.json, gpt_gpt4.json.');
    expect(files.get('tables.md')).toMatch(/\| MC \|.*\n\| FF \|/);
  });
});

describe('parseRecordLines', () => {
  const lines = recordsText(records);
  it('gives back what was written', () => {
    expect(parseRecordLines(lines)).toEqual({ records, broken: [], torn: false });
  });
  it('drops a torn last line', () => {
    const read = parseRecordLines(lines.slice(0, -20));
    expect(read).toEqual({ records: records.slice(0, -1), broken: [], torn: true });
  });
  it('names a broken line', () => expect(parseRecordLines('{}\n{"a":\n{}\n').broken).toEqual([2]));
});

describe('canonicalJson', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x\n'] }, '{"a":[true,null,"x\\n"],"b":1}'],
    [{ z: undefined, y: {} }, '{"y":{}}'],
    [[1e21, -0, 0.1], '[1e+21,0,0.1]'],
    [{ é: 1, z: 2 }, '{"z":2,"é":1}'],
  ])('of %j is %s', (value, text) => expect(canonicalJson(value)).toBe(text));
  it('does not depend on the order of members', () => {
    expect(canonicalJson({ name: 'x', prompts: { open: 'o', letter: 'l' } })).toBe(
      canonicalJson({ prompts: { letter: 'l', open: 'o' }, name: 'x' }),
    );
  });
  it.each([NaN, Infinity])('refuses %d', (n) => {
    expect(() => canonicalJson([n])).toThrow(RangeError);
    expect(() => strictJson({ a: [{ b: n }] })).toThrow('a[0].b');
  });
});

describe('guardedCell', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['=1+1', "'=1+1"],
    ['@x', "'@x"],
    ['+1', "'+1"],
    ['-1.5', '-1.5'],
    ['-x', "'-x"],
    ['\tx', "'\tx"],
    ['-', '-'],
  ])('%j is %j', (text, written) => expect(guardedCell(text)).toBe(written));
});
