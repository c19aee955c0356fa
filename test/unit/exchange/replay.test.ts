import { describe, expect, test } from 'vitest';
import { bundleOf, readBundle, writeBundle, type Bundle } from '../../../src/app/results/bundle.ts';
import { replayConfig, replayReport, limitedBundle } from '../../../src/app/results/replay.ts';
import { readZip, writeZip } from '../../../src/app/results/zip.ts';
import type { Benchmark, Pair } from '../../../src/core/benchmark/types.ts';
import { countStates, itemLine, replayLines, type ReplayReport } from '../../../src/core/exchange/replay.ts';
import type { ResultRecord } from '../../../src/core/records/record.ts';
import type { RunInfo } from '../../../src/core/records/run-info.ts';
import { failed } from '../statistics/fixtures.ts';
import { BENCHMARK, hash, madeInfo, madeRecords } from './made-run.ts';

const benchmark: Benchmark = { ...BENCHMARK, pairs: BENCHMARK.pairs.slice(0, 8) };
const records = madeRecords(benchmark);
const info = madeInfo(benchmark);
const bytes = await writeBundle({ info, benchmark, records });
const bundle = limitedBundle(await readBundle('demo.zip', bytes), null);
const other = await writeZip([{ path: 'a.json', text: '{}' }], new Date(0));
const [first, second] = benchmark.pairs;
if (!first || !second) throw new Error('no pairs');

interface Now {
  readonly info?: Partial<RunInfo>;
  readonly pairs?: readonly Pair[];
  readonly records?: readonly ResultRecord[];
  readonly of?: Bundle;
}
function replayed(now: Now = {}): ReplayReport {
  const { pairs = benchmark.pairs, of = bundle } = now;
  return replayReport(limitedBundle(of, null), {
    info: { ...info, ...now.info },
    benchmark: { ...benchmark, pairs },
    records: now.records ?? records,
  });
}
const states = (report: ReplayReport) => countStates(report.items);
/** All log-probabilities moved by a little. */
const moved = (by: number): ResultRecord[] =>
  records.map((r) => {
    if (r.status === 'failed' || r.options === null) return r;
    const { A, B } = r.options;
    const shift = (o: typeof A): typeof A => ({ ...o, tokenLogprobs: o.tokenLogprobs.map((x) => x + by) });
    return { ...r, options: { A: shift(A), B: shift(B) } };
  });

describe('a bundle', () => {
  test('holds plan, prompts, token ids, hashes, records and certificate, no image and no weight', async () => {
    const texts = await readZip('demo.zip', bytes);
    expect([...texts.keys()]).toEqual([
      ...['bundle.json', 'run.json', 'records.jsonl', 'summary.json', 'benchmark.json'],
      ...['prompts.json', 'plan.json', 'tokens.jsonl', 'certificate.json'],
    ]);
    expect(JSON.parse(texts.get('plan.json') ?? '')).toMatchObject({ questions: 16 });
    expect(texts.get('tokens.jsonl')?.split('\n')[1]).toContain('"promptTokens":64,"A":[72],"B":[73]');
    expect(JSON.parse(texts.get('certificate.json') ?? '')).toEqual(info.certificate);
  });

  test('is the same bytes every time', async () => {
    expect(await writeBundle({ info, benchmark, records })).toEqual(bytes);
  });

  test('is read as it was', () => {
    expect(bundle.tampered).toEqual([]);
    expect(bundle.records).toHaveLength(records.length);
    expect(bundle.info).toEqual(info);
    expect(bundle.prompts.promptSet.name).toBe('lookalike');
  });

  test('asks the same again: methods, prompts, device, number formats and settings', async () => {
    const none = { device: null, dtype: null, threads: null, promptSet: null, shotImages: null, limit: null };
    const config = await replayConfig(bundle, benchmark, { modelId: 'served:x/', ...none });
    expect(config).toMatchObject({
      ...{ methods: info.methods, promptSetSha256: info.promptSet.sha256, device: 'wasm', dtype: info.model.dtype },
      ...{ threads: 2, policy: info.pixels, chat: { thinking: 'off' }, judgeId: 'person' },
    });
  });

  test('keeps the whole prompt set, answer prefix and system text too', async () => {
    const set = {
      ...info.promptSet,
      prompts: { ...info.promptSet.prompts, system: 'You see.' },
      answerPrefix: { gd: 'The' },
    };
    const other = await readBundle(
      'b.zip',
      await writeBundle({ info: { ...info, promptSet: set }, benchmark, records }),
    );
    expect(other.prompts.promptSet).toMatchObject({ system: 'You see.', answerPrefix: { gd: 'The' } });
    expect(other.prompts.promptSet.prompts).not.toHaveProperty('system');
  });

  test('of an import is refused, for no model ran', async () => {
    const imported = { ...info, imported: { from: 'a_mc.json', format: 'mediconfusion/mc' } };
    await expect(writeBundle({ info: imported, benchmark, records })).rejects.toThrow(/nothing to replay/);
  });

  test.each([
    ['no zip', new TextEncoder().encode('PK, not'), /cannot be read as a zip/],
    ['a zip of something else', other, /holds no bundle\.json/],
    ['a torn zip', bytes.slice(0, bytes.length - 400), /cannot be read as a zip/],
  ])('%s is refused', async (_, content, words) => {
    await expect(readBundle('x.zip', content)).rejects.toThrow(words);
  });
});

describe('a replay', () => {
  test('that gives the same is bit-equal throughout', () => {
    const report = replayed();
    expect(states(report)).toEqual({ 'bit-equal': 64, 'within tolerance': 0, different: 0 });
    expect(report).toMatchObject({ largest: 0, tolerance: 1e-3, differs: [] });
  });

  test('on another device within tolerance says the largest difference', () => {
    const report = replayed({ records: moved(2 ** -18), info: { device: { ...info.device, kind: 'webgpu' } } });
    expect(states(report)).toEqual({ 'bit-equal': 16, 'within tolerance': 48, different: 0 });
    expect(report.largest).toBeCloseTo(2 ** -18, 12);
    expect(report.differs).toEqual(['device was wasm and is webgpu']);
    expect(report.items.map(itemLine)).toContain(`pair ${first.id} image 1 gd: within tolerance (3.8e-6)`);
    expect(replayLines(report)[1]).toBe('Largest difference of a log-probability: 3.8e-6; 1.0e-3 is allowed.');
  });

  test('beyond tolerance is different, and says what of the machine is another', () => {
    const libraries = { 'onnxruntime-web': '1.40.0' };
    const { items } = replayed({ records: moved(0.01), info: { libraries } });
    expect(items.filter((i) => i.state === 'different')).toHaveLength(48);
    expect(items.find((i) => i.method === 'gd')?.why).toEqual([
      'numbers',
      'library: onnxruntime-web was 1.31.0 and is 1.40.0',
    ]);
  });

  test('with another weight names the model file, for every item', () => {
    const files = info.model.files.map((f) => (f.path === 'onnx/decoder.onnx' ? { ...f, sha256: hash('x') } : f));
    const report = replayed({ info: { model: { ...info.model, files } } });
    expect(states(report).different).toBe(64);
    expect(new Set(report.items.flatMap((i) => i.why))).toEqual(
      new Set([
        `model: onnx/decoder.onnx has the hash ${hash('x').slice(0, 8)} and had ${hash('onnx/decoder.onnx').slice(0, 8)}`,
      ]),
    );
  });

  test('files that the run did not load may be there or not; one that it loaded may not be missing', () => {
    const model = { ...info.model, dtype: { decoder: 'fp32', vision_encoder: 'q4' } };
    const file = (path: string) => ({ path, size: 1, sha256: hash(path) });
    const had = [...model.files, file('onnx/vision_encoder_q4.onnx'), file('LICENSE')];
    const of = { ...bundle, info: { ...info, model: { ...model, files: had } } };
    const without = (gone: string) => ({
      ...model,
      files: [...had, file('onnx/new_q8.onnx')].filter((f) => f.path !== gone),
    });
    for (const gone of ['onnx/vision_encoder.onnx', 'LICENSE'])
      expect(states(replayed({ of, info: { model: without(gone) } })).different).toBe(0);
    for (const gone of ['config.json', 'onnx/vision_encoder_q4.onnx'])
      expect(replayed({ of, info: { model: without(gone) } }).items[0]?.why[0]).toMatch(`model: ${gone} is missing`);
  });

  test('with another word of the prompt set names the prompt, for every item', async () => {
    const texts = new Map(await readZip('demo.zip', bytes));
    const prompts = JSON.parse(texts.get('prompts.json') ?? '') as Bundle['prompts'];
    const letter = prompts.promptSet.prompts.letter.replace('{q}', 'Please: {q}');
    const changed = {
      ...prompts,
      promptSet: { ...prompts.promptSet, prompts: { ...prompts.promptSet.prompts, letter } },
    };
    texts.set('prompts.json', JSON.stringify(changed));
    const of = await bundleOf('demo.zip', texts);
    expect(of.tampered).toEqual(['prompts.json']);
    const promptSet = { ...info.promptSet, sha256: hash('other'), prompts: changed.promptSet.prompts };
    const report = replayed({ of, info: { promptSet } });
    expect(states(report).different).toBe(64);
    expect(report.differs[0]).toBe('bundle: prompts.json was changed after the bundle was made');
    expect(report.items[0]?.why[0]).toMatch(
      /^prompt: prompt set lookalike is another \(letter: "….*Question: \{q\}.* is now "….*Question: Please: \{q\}/,
    );
  });

  test('with another word of one question names the prompt, for the items of that pair', () => {
    const pairs = benchmark.pairs.map((p) => (p === second ? { ...p, question: `${p.question} Really?` } : p));
    const { items } = replayed({ pairs });
    const different = items.filter((i) => i.state === 'different');
    expect(new Set(different.map((i) => i.pair))).toEqual(new Set([second.id]));
    expect(different).toHaveLength(8);
    expect(different[0]?.why[0]).toMatch(new RegExp(`^prompt: question of pair ${second.id} was`));
  });

  test('with another pixel names the image, for the items that show it', () => {
    const image = { ...first.images[1], sha256: hash('one pixel') };
    const pairs = benchmark.pairs.map((p) => (p === first ? { ...p, images: [p.images[0], image] as const } : p));
    const different = replayed({ pairs }).items.filter((i) => i.state === 'different');
    expect(different.map((i) => `${i.pair}/${i.image}`)).toEqual(Array.from({ length: 4 }, () => `${first.id}/2`));
    expect(different[0]?.why[0]).toMatch(new RegExp(`^pixels: image 2 of pair ${first.id} has the hash`));
  });

  test('a question without its image is not moved by a pixel', () => {
    const blind = records.filter((r) => r.method === 'gd').map((r) => ({ ...r, method: 'gd+no-image' }));
    const image = { ...first.images[1], sha256: hash('one pixel') };
    const pairs = benchmark.pairs.map((p) => (p === first ? { ...p, images: [p.images[0], image] as const } : p));
    const of = { ...bundle, records: blind };
    expect(states(replayed({ of, pairs, records: blind })).different).toBe(0);
    const flipped = blind.map((r) => ({ ...r, method: 'gd+flip' }));
    expect(states(replayed({ of: { ...bundle, records: flipped }, pairs, records: flipped })).different).toBe(1);
  });

  test('another text and another choice are different, however near the numbers', () => {
    const changed = records.map((r): ResultRecord => {
      if (r.pair !== first.id || r.image !== 1 || r.status === 'failed') return r;
      if (r.method === 'mc') return { ...r, text: 'B, I think.' };
      return r.method === 'gd' ? { ...r, chosen: r.chosen === 'A' ? 'B' : 'A' } : r;
    });
    const different = replayed({ records: changed }).items.filter((i) => i.state === 'different');
    expect(different.map((i) => [i.method, i.why[0]])).toEqual([
      ['mc', 'another text'],
      ['gd', 'another choice'],
    ]);
  });

  test('what is not answered is different and says why', () => {
    const lost = records.map((r) => (r.pair === first.id ? failed(first, r.image, r.method) : r));
    const different = replayed({ records: lost }).items.filter((i) => i.state === 'different');
    expect(different).toHaveLength(8);
    expect(different[0]?.why[0]).toBe('not answered: The GPU was lost.');
    const none = replayed({
      records: [],
      info: { state: 'failed', fault: { code: 'bad-model', message: 'No such graph.' } },
    });
    expect(none.items[0]?.why[0]).toBe('not answered: No such graph.');
  });

  test('of a pair that is no longer there says so', () => {
    const different = replayed({ pairs: benchmark.pairs.slice(1) }).items.filter((i) => i.state === 'different');
    expect(different[0]?.why[0]).toBe(`benchmark: pair ${first.id} is not in it`);
  });

  test('the judge is left out: texts are compared as they were written', () => {
    const judged = records.map((r): ResultRecord =>
      r.method === 'mc' && r.status === 'scored'
        ? { ...r, judge: { name: 'j', sha256: '', a: 1, b: 9, text: '' }, chosen: 'B' }
        : r,
    );
    const byJudge = records.filter((r) => r.method === 'gd').map((r) => ({ ...r, method: 'ff-likelihood' }));
    const of = { ...bundle, records: [...judged, ...byJudge] };
    expect(states(replayed({ of }))).toEqual({ 'bit-equal': 64, 'within tolerance': 0, different: 0 });
  });
});
