import { describe, expect, test } from 'vitest';
import { mergeParts, type Merged } from '../../../src/core/exchange/merge.ts';
import { resultsFiles } from '../../../src/core/exchange/results-folder.ts';
import type { Fault, Result } from '../../../src/core/fault.ts';
import type { ResultRecord } from '../../../src/core/records/record.ts';
import type { RunInfo } from '../../../src/core/records/run-info.ts';
import { folderFaults } from '../../support/schemas.ts';
import { hash, madeFolder, madeInfo, read } from './made-run.ts';

const whole = read('whole', madeFolder());
const shards = [1, 2, 3, 4].map((index) => read(`s${index}`, madeFolder({ index, of: 4 })));

function merged(result: Result<Merged>): Merged {
  if (!result.ok) throw new Error(result.fault.message);
  return result.value;
}
function refused(result: Result<Merged>): Fault {
  if (result.ok) throw new Error('it was merged');
  return result.fault;
}
const filesOf = ({ info, benchmark, records }: Merged): ReadonlyMap<string, string> =>
  new Map(resultsFiles(info, benchmark, records).map((f) => [f.path, f.text]));

describe('merging shards', () => {
  test('gives the one run, byte for byte but for times', () => {
    const { missing, ...joined } = merged(mergeParts(shards, 'lookalike evaluate'));
    expect(missing).toEqual([]);
    const files = filesOf({ missing, ...joined });
    const steady = (text = ''): string => text.replace(/"seconds": \{[^}]*\}/, '');
    const one = madeFolder();
    expect([...files.keys()]).toEqual([...one.keys()]);
    for (const [path, text] of one) expect(steady(files.get(path))).toBe(steady(text));
    expect(joined.info.seconds).toEqual({ load: 4, score: 8 });
  });

  test('in any order', () => {
    const [a, b, c, d] = shards;
    if (!a || !b || !c || !d) throw new Error('no shards');
    expect([...filesOf(merged(mergeParts([d, b, a, c], null)))]).toEqual([
      ...filesOf(merged(mergeParts(shards, null))),
    ]);
  });

  test('some of them: the rest is named, and it can be merged later', () => {
    const some = merged(mergeParts(shards.slice(0, 3), null));
    expect(some.missing).toEqual([`44 of 176 pairs are in none of these folders (shard 4 of 4).`]);
    expect(some.info.state).toBe('stopped');
    const [, , , last] = shards;
    if (!last) throw new Error('no shard');
    const later = merged(mergeParts([read('some', filesOf(some)), last], null));
    expect(later.missing).toEqual([]);
    expect(filesOf(later).get('records.jsonl')).toBe(madeFolder().get('records.jsonl'));
  });

  test('a benchmark that nobody reviewed stays so', () => {
    const unseen = shards.map((s) => ({
      ...s,
      benchmark: {
        ...s.benchmark,
        pairs: s.benchmark.pairs.map((p) => ({ ...p, extra: { ...p.extra, reviewed: false } })),
      },
    }));
    expect(merged(mergeParts(unseen, null)).info.benchmark).toMatchObject({ reviewed: false, pairs: 176 });
    expect(merged(mergeParts(shards, null)).info.benchmark).not.toHaveProperty('reviewed');
  });

  test('what is written is of the format', () => {
    const files = filesOf(merged(mergeParts(shards, null)));
    expect(folderFaults((file) => files.get(file) ?? '')).toEqual([]);
  });
});

describe('merging one run that went on elsewhere', () => {
  const half = whole.records.slice(0, 600);
  const rest = whole.records.slice(500);

  test('records that both hold count once', () => {
    const [a, b] = [half, rest].map((records, i) => ({ ...whole, name: `m${i}`, records }));
    if (!a || !b) throw new Error('no parts');
    const stopped = { ...a, info: { ...a.info, state: 'stopped' as const } };
    const { records, missing, info } = merged(mergeParts([stopped, b], null));
    expect(records).toHaveLength(whole.records.length);
    expect(missing).toEqual([]);
    expect(info.state).toBe('done');
  });

  test('a score takes the place of a failure', () => {
    const [first] = half;
    if (first?.status !== 'scored') throw new Error('no record');
    const { pair, image, method, right, imageSha256 } = first;
    const gone: ResultRecord = {
      ...{ pair, image, method, right, imageSha256, notes: [], status: 'failed' },
      ...{ chosen: null, correct: null, options: null, fault: { code: 'device-lost', message: 'The GPU was lost.' } },
    };
    const lost = { ...whole, name: 'lost', records: [gone, ...whole.records.slice(1)] };
    for (const parts of [
      [lost, whole],
      [whole, lost],
    ])
      expect(merged(mergeParts(parts, null)).records).toContainEqual(first);
  });

  test('records that differ are refused with the record and the place named', () => {
    const changed = whole.records.map((r, i) => (i === 4 && r.status === 'scored' ? { ...r, text: 'B!' } : r));
    const fault = refused(mergeParts([whole, { ...whole, name: 'other', records: changed }], null));
    expect(fault.code).toBe('another-run');
    expect(fault.message).toMatch(
      /whole and other both hold mc of pair \S+, image 2, and differ in text \("[AB]\." and "B!"\)/,
    );
  });

  test('answers that are in no part are counted', () => {
    const few = { ...whole, name: 'few', records: half };
    expect(merged(mergeParts([few, { ...few, name: 'again' }], null)).missing).toEqual([
      `${whole.records.length - 600} answers are missing: go on with the parts that were stopped, or merge them too.`,
    ]);
  });
});

describe('what does not belong together is refused and named', () => {
  const base = madeInfo(whole.benchmark);
  const files = (path: string): RunInfo['model']['files'] =>
    base.model.files.map((f) => (f.path === path ? { ...f, sha256: hash('other') } : f));
  const cases: readonly (readonly [string, Partial<RunInfo>, RegExp])[] = [
    [
      'model',
      { model: { ...base.model, files: files('onnx/decoder.onnx') } },
      /model: A has org\/made-vlm with onnx\/decoder\.onnx/,
    ],
    ['benchmark', { benchmark: { ...base.benchmark, sha256: hash('x') } }, /benchmark: A has mediconfusion/],
    ['prompts', { promptSet: { ...base.promptSet, sha256: hash('x') } }, /prompt set: A has lookalike/],
    ['methods', { methods: ['gd'] }, /methods: A has gd, ps, mc, B has gd/],
    ['dtype', { model: { ...base.model, dtype: { decoder: 'q4' } } }, /dtype: A has decoder fp32, B has decoder q4/],
    ['device', { device: { ...base.device, kind: 'webgpu' } }, /device: A has wasm, B has webgpu/],
    ['pixel policy', { pixels: { ...base.pixels, exif: 'ignore' } }, /pixel policy/],
    ['scoring version', { scoringVersion: '2' }, /scoring version/],
    ['split', { shard: { index: 1, of: 2, pairs: 176 } }, /split: A has 176 pairs in 4 shards/],
  ];
  test.each(cases)('%s', (_, change, words) => {
    const [first] = shards;
    if (!first) throw new Error('no shard');
    const other = { ...whole, name: 'B', info: { ...whole.info, ...change } };
    const fault = refused(mergeParts([{ ...first, name: 'A' }, other], null));
    expect(fault.code).toBe('another-run');
    expect(fault.message).toMatch(words);
  });

  test('another question under the same id', () => {
    const pairs = whole.benchmark.pairs.map((p, i) => (i === 0 ? { ...p, question: 'Another one?' } : p));
    const other = { ...whole, name: 'B', benchmark: { ...whole.benchmark, pairs } };
    expect(refused(mergeParts([whole, other], null)).message).toMatch(/pair \S+ \(question\)/);
  });

  test('other adapters of the same kind are joined and told', () => {
    const on = (vendor: string): RunInfo['device'] => ({ ...base.device, kind: 'webgpu', adapter: { vendor } });
    const [a, b] = ['nvidia', 'amd'].map((v) => ({ ...whole, name: v, info: { ...whole.info, device: on(v) } }));
    if (!a || !b) throw new Error('no parts');
    const { info, messages } = merged(mergeParts([a, b], null));
    expect(info.otherDevices).toEqual([on('amd')]);
    expect(messages).toEqual([expect.stringContaining('2 different adapters')]);
  });

  test('an uncertified part makes the whole uncertified', () => {
    const failed = { passed: false, overridden: true };
    const [a, b, c, d] = shards;
    if (!a || !b || !c || !d) throw new Error('no shards');
    const parts = [a, b, { ...c, info: { ...c.info, certificate: failed } }, d];
    expect(merged(mergeParts(parts, null)).info.certificate).toEqual(failed);
  });

  test('one folder alone', () => {
    expect(refused(mergeParts([whole], null)).message).toMatch(/at least two/);
  });
});
