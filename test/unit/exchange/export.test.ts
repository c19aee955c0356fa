import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { exportNames, exportResults, type ExportName } from '../../../src/app/results/export.ts';
import type { Benchmark } from '../../../src/core/benchmark/types.ts';
import type { ResultRecord } from '../../../src/core/records/record.ts';
import type { RunInfo } from '../../../src/core/records/run-info.ts';
import type { Summary } from '../../../src/core/statistics/summary.ts';
import { target } from '../../../tools/commands/export.mjs';
import { failed } from '../statistics/fixtures.ts';
import { BENCHMARK, madeFolder, madeInfo, madeRecords, read } from './made-run.ts';

const benchmark: Benchmark = { ...BENCHMARK, pairs: BENCHMARK.pairs.slice(0, 12) };
const [first] = benchmark.pairs;
if (!first) throw new Error('no pair');
/** One question of MC has failed: its pair leaves MC's metrics. */
const records: ResultRecord[] = madeRecords(benchmark).map((r) =>
  r.pair === first.id && r.image === 2 && r.method === 'mc' ? failed(first, 2, 'mc') : r,
);
const source = { info: madeInfo(benchmark), benchmark, records };
const folder = new Map(
  (await exportResults('folder', source)).flatMap((f) => ('text' in f ? [[f.path, f.text] as const] : [])),
);
const summary = JSON.parse(folder.get('summary.json') ?? '') as Summary;
const kept = (folder.get('records.jsonl') ?? '')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as ResultRecord);

async function files(name: ExportName, info: RunInfo = source.info): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const made = await exportResults(name, { ...source, info });
  return new Map(made.map((f) => [f.path, 'text' in f ? f.text : f.bytes]));
}
async function only(name: ExportName): Promise<string> {
  const [content] = [...(await files(name)).values()];
  if (typeof content !== 'string') throw new Error(`${name} is no text`);
  return content;
}
const percent = (fraction: number): number => Math.round(fraction * 10_000) / 100;

interface Log {
  readonly version: number;
  readonly status: string;
  readonly eval: { readonly dataset: { readonly sample_ids: readonly string[] } };
  readonly results: {
    readonly scores: readonly {
      readonly name: string;
      readonly scored_samples: number;
      readonly unscored_samples: number;
      readonly metrics: Readonly<Record<string, { readonly value: number }>>;
    }[];
  };
  readonly samples: readonly {
    readonly id: string;
    readonly target: string;
    readonly input: string;
    readonly scores: Readonly<Record<string, { readonly value: string; readonly answer: string }>>;
    readonly metadata: { readonly pair: string; readonly faults?: object };
  }[];
}

describe('the Inspect log', () => {
  test('has a sample for each question and a score for each method', async () => {
    const log = JSON.parse(await only('inspect')) as Log;
    expect([log.version, log.status]).toEqual([2, 'success']);
    expect(log.eval.dataset.sample_ids).toEqual(log.samples.map((s) => s.id));
    expect(new Set(log.samples.map((s) => s.id)).size).toBe(24);
    const [, , third] = log.samples;
    expect(Object.keys(third?.scores ?? {})).toEqual(['mc', 'gd', 'ps', 'ps-official']);
    expect(log.samples[0]?.input).toContain(first.options.A);
  });

  test('has the metrics of summary.json, which the scores of its samples give too', async () => {
    const { results, samples } = JSON.parse(await only('inspect')) as Log;
    expect(results.scores.map((s) => s.name)).toEqual(Object.keys(summary.methods));
    for (const { name, metrics } of results.scores) {
      const m = summary.methods[name];
      if (!m) throw new Error(name);
      const own = samples.flatMap((s) => s.scores[name] ?? []);
      const right = own.filter((s) => s.value === 'C').length;
      expect(metrics['accuracy']?.value).toBe(right / own.length);
      expect(percent(metrics['accuracy']?.value ?? -1)).toBeCloseTo(m.individual, 1);
      expect(percent(metrics['set_accuracy']?.value ?? -1)).toBeCloseTo(m.set, 1);
      expect(percent(metrics['confusion']?.value ?? -1)).toBeCloseTo(m.confusion, 1);
      expect(percent(metrics['invalid']?.value ?? -1)).toBeCloseTo(m.invalid, 1);
    }
  });

  test('an invalid answer is "N", and a pair with a failure has no score and says why', async () => {
    const { results, samples } = JSON.parse(await only('inspect')) as Log;
    const invalid = kept.filter((r) => r.method === 'mc' && r.status === 'scored' && r.chosen === null);
    const none = samples.filter((s) => s.scores['mc']?.value === 'N');
    expect(invalid.length).toBeGreaterThan(0);
    expect(none.map((s) => s.id)).toEqual(invalid.map((r) => `${r.pair}-${r.image}`));
    expect(samples.slice(0, 2).map((s) => 'mc' in s.scores)).toEqual([false, false]);
    expect(samples[1]?.metadata.faults).toMatchObject({ mc: { code: 'device-lost' } });
    expect(results.scores[0]).toMatchObject({ name: 'mc', scored_samples: 22, unscored_samples: 2 });
  });

  test('of a stopped run says so', async () => {
    const [content] = [...(await files('inspect', { ...source.info, state: 'stopped' })).values()];
    expect((JSON.parse(String(content)) as Log).status).toBe('cancelled');
  });
});

describe('the files of lm-evaluation-harness', () => {
  test('are one results file and one samples file a method, below the model', async () => {
    const made = await files('lm-eval', { ...source.info, model: { ...source.info.model, id: 'org/a:b|c' } });
    const time = '2026-01-01T00-01-00.000';
    expect([...made.keys()]).toEqual([
      `org__a__b__c/results_${time}.json`,
      ...['mc', 'gd', 'ps', 'ps_official'].map(
        (m) => `org__a__b__c/samples_lookalike_mediconfusion_${m}_${time}.jsonl`,
      ),
    ]);
  });

  test('have the metrics of summary.json, which the samples give too', async () => {
    const [head = '', ...lines] = [...(await files('lm-eval')).values()].map(String);
    const { results } = JSON.parse(head) as { results: Record<string, Record<string, number>> };
    Object.entries(results).forEach(([task, metrics], i) => {
      const samples = (lines[i] ?? '')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { acc: number; doc: { pair: string } });
      const method = Object.keys(summary.methods)[i] ?? '';
      expect(task.endsWith(method.replace('-', '_'))).toBe(true);
      expect(samples.reduce((n, s) => n + s.acc, 0) / samples.length).toBe(metrics['acc,none']);
      expect(percent(metrics['set_acc,none'] ?? -1)).toBeCloseTo(summary.methods[method]?.set ?? -2, 1);
      expect(samples).toHaveLength((summary.methods[method]?.counts.pairs ?? 0) * 2);
    });
  });

  test('keep log-probabilities to the last digit', async () => {
    const gd = String([...(await files('lm-eval')).entries()].find(([path]) => path.includes('_gd_'))?.[1]);
    const [sample] = gd
      .split('\n')
      .map((line) => (line === '' ? null : (JSON.parse(line) as { filtered_resps: string[][] })));
    const record = kept.find((r) => r.method === 'gd');
    expect(sample?.filtered_resps.map((r) => Number(r[0]))).toEqual([
      record?.options?.A.score,
      record?.options?.B.score,
    ]);
  });
});

describe('a row a record', () => {
  const rowOf = (r: ResultRecord) => ({
    ...{ pair: r.pair, image: r.image, method: r.method, status: r.status, chosen: r.chosen, correct: r.correct },
    ...{ score_a: r.options?.A.score ?? null, sum_b: r.options?.B.sum ?? null },
    margin: r.status === 'scored' ? r.margin : null,
    text: r.status === 'scored' ? r.text : null,
    fault: r.status === 'failed' ? r.fault.code : null,
    question: benchmark.pairs.find((p) => p.id === r.pair)?.question ?? null,
  });

  test('Parquet is read back by hyparquet, every value as it was', async () => {
    const bytes = (await files('parquet')).get('records.parquet');
    if (!(bytes instanceof Uint8Array)) throw new Error('no bytes');
    const file = new Uint8Array(bytes).buffer;
    const rows = await parquetReadObjects({ file });
    expect(rows).toHaveLength(kept.length);
    kept.forEach((r, i) => expect(rows[i]).toMatchObject(rowOf(r)));
    const { key_value_metadata } = await parquetMetadataAsync(file);
    const run = key_value_metadata?.find((m) => m.key === 'lookalike.run')?.value ?? '';
    expect(JSON.parse(run)).toEqual(source.info);
  });

  test('says how alike the images of its pair are to the model, where the run knows it', async () => {
    const info = { ...source.info, imageSimilarity: { [first.id]: 0.9371234567890123 } };
    const csv = String((await files('csv', info)).get('records.csv'));
    const rows = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true }).data;
    for (const { pair, image_similarity: cell } of rows)
      expect(cell).toBe(pair === first.id ? '0.9371234567890123' : '');
    const bytes = (await files('parquet', info)).get('records.parquet');
    if (!(bytes instanceof Uint8Array)) throw new Error('no bytes');
    const [record] = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
    expect(record).toMatchObject({ pair: first.id, image_similarity: 0.9371234567890123 });
  });

  test('CSV is read back by Papa Parse, numbers to the last digit', async () => {
    const rows = Papa.parse<Record<string, string>>(await only('csv'), { header: true, skipEmptyLines: true }).data;
    expect(rows).toHaveLength(kept.length);
    kept.forEach((r, i) => {
      for (const [name, value] of Object.entries(rowOf(r))) {
        const cell = rows[i]?.[name];
        if (value === null) expect(cell).toBe('');
        else if (typeof value === 'number') expect(Number(cell)).toBe(value);
        else expect(cell).toBe(String(value));
      }
    });
  });

  test('a tiny likelihood is a number and no text', async () => {
    const tiny = records.map((r) => (r.status === 'scored' ? { ...r, margin: 1.5e-9 } : r));
    const [csv] = await exportResults('csv', { ...source, records: tiny });
    expect(csv && 'text' in csv ? csv.text : '').toContain(',1.5e-9,');
  });
});

describe('the other formats', () => {
  test('the official files are those of the results folder', async () => {
    const made = await files('official');
    expect([...made.keys()]).toEqual(['made-vlm_mc.json', 'made-vlm_greedy.json', 'made-vlm_prefix.json']);
    for (const [path, text] of made) expect(text).toBe(folder.get(`official/${path}`));
  });

  test('official files of methods that it does not know are refused', async () => {
    const swapped = records.filter((r) => r.method === 'gd').map((r) => ({ ...r, method: 'gd+swap' }));
    const info = { ...source.info, methods: ['gd+swap'] };
    await expect(exportResults('official', { ...source, info, records: swapped })).rejects.toThrow(/knows none/);
  });

  test('the model card has the percentages of the tables', async () => {
    const card = await only('model-card');
    expect(card).toMatch(/^---\nmodel-index:\n- name: "made-vlm"\n/);
    expect(card).toContain(
      `      value: ${summary.methods['gd']?.set.toFixed(2)}\n      name: "Set accuracy, %, GD (12 of 12 pairs)"`,
    );
    expect(card).toContain('(11 of 12 pairs)');
  });

  test('are all there', () => {
    expect(exportNames()).toEqual(['folder', 'inspect', 'lm-eval', 'parquet', 'csv', 'official', 'model-card']);
  });
});

describe('a results folder that is read', () => {
  const texts = madeFolder();

  test('is written again as it was', async () => {
    const results = read('r', texts);
    const again = await exportResults('folder', results);
    expect(again.map((f) => [f.path, 'text' in f ? f.text : null])).toEqual([...texts]);
  });

  test.each([
    ['no run.json', 'run.json', null, /r holds no run\.json: it is no results folder/],
    ['no records', 'records.jsonl', null, /r holds no records\.jsonl/],
    ['run.json that is no JSON', 'run.json', '{', /run\.json is no JSON/],
    ['a broken line', 'records.jsonl', '{"pair":\n{}\n', /records\.jsonl, line 1: this is no JSON/],
    ['a record that is none', 'records.jsonl', '{"pair": 1}\n', /records\.jsonl, record 1 is not of the format/],
    ['another benchmark.json', 'benchmark.json', '{}', /benchmark\.json is not of the format/],
  ])('%s is refused by name', (_, file, text, words) => {
    const changed = new Map<string, string>(texts);
    if (text === null) changed.delete(file);
    else changed.set(file, text);
    expect(() => read('r', changed)).toThrow(words);
  });

  test('a torn last line is dropped, a last line without its end is not', () => {
    const lines = texts.get('records.jsonl') ?? '';
    const whole = read('r', texts).records.length;
    expect(read('r', new Map(texts).set('records.jsonl', `${lines}{"pair":"1`)).records).toHaveLength(whole);
    expect(read('r', new Map(texts).set('records.jsonl', lines.trimEnd())).records).toHaveLength(whole);
  });
});

describe('where an export goes', () => {
  test.each([
    ['/nowhere/a.parquet', ['.parquet'], { folder: '/nowhere', name: 'a.parquet' }],
    ['/nowhere/a', ['.parquet'], { folder: '/nowhere/a', name: null }],
    ['/nowhere/a.v2', null, { folder: '/nowhere/a.v2', name: null }],
  ])('%s', (path, endings, expected) => {
    expect(target(path, [{ path: 'records.parquet' }], endings)).toEqual(expected);
  });

  test('an ending of another kind is refused', () => {
    expect(() => target('/nowhere/a.csv', [{ path: 'records.parquet' }], ['.parquet'])).toThrow(/ends with \.parquet/);
  });
});
