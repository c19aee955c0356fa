import { describe, expect, it } from 'vitest';
import { countPairs, indexRecords, pairAnswers, categoriesOf } from '../../../src/core/statistics/counts.ts';
import { summarise } from '../../../src/core/statistics/summary.ts';
import { readOfficial, refusal, type OfficialImport } from '../../../src/core/exchange/import.ts';
import { officialFile, officialKey, officialScore, parseOfficialName } from '../../../src/core/exchange/official.ts';
import { readQuestions } from '../../../src/core/benchmark/read.ts';
import { json, mediconfusion, text } from '../statistics/fixtures.ts';

const benchmark = mediconfusion();

function read(name: string, content: string): OfficialImport {
  const result = readOfficial(name, content, benchmark);
  if (!result.ok) throw new Error(result.fault.message);
  return result.value;
}

describe.each([
  ['gpt_mc', 'mc'],
  ['gpt_gpt4', 'ff'],
] as const)('the GPT-4o run %s', (name, method) => {
  const content = text(`official/${name}.json.gz`);
  const imported = read(`${name}.json`, content);

  it('is taken whole, without a problem', () => {
    expect(imported.problems).toEqual([]);
    expect(imported).toMatchObject({ key: 'gpt', method, taken: 176 });
    expect(imported.records).toHaveLength(352);
    expect(refusal(imported, name)).toBeNull();
  });

  it('gives the table that its own code prints, to two decimals', () => {
    // total, set, individual, confusion, valid pairs, invalid, precision, unconfused
    const m = summarise(benchmark, imported.records).methods[method];
    if (!m) throw new Error('no summary');
    const answers = pairAnswers(benchmark, indexRecords(imported.records), method);
    const sums = officialScore(answers, categoriesOf(benchmark));
    const rows = Object.entries(m.byCategory).map(([c, s]) => [
      c,
      [s.images, s.set, s.individual, s.confusion, sums.valids[c], s.invalid, s.precision, sums.valid_pairs[c]],
    ]);
    const { pairs, validPairs, unconfused } = m.counts;
    const all = [pairs, m.set, m.individual, m.confusion, validPairs, m.invalid, m.precision, unconfused];
    expect(Object.fromEntries([...rows, ['All', all]])).toEqual(json(`official/${name}_table.json`));
    expect(sums).toEqual(json(`official/${name}_score.json`));
  });

  it('is written again with the same numbers, and reads the same', () => {
    const written = officialFile(benchmark, imported.records, method) ?? '';
    expect(read(`${name}.json`, written).records).toEqual(
      imported.records.map(({ ...r }) => ('logprob' in r ? without(r) : r)),
    );
    expect(JSON.parse(written)).toEqual(JSON.parse(content, unfork));
  });
});

function without<T extends { logprob?: number }>({ logprob: _, ...rest }: T): Omit<T, 'logprob'> {
  return rest;
}

/** The published form of the fork: {answer: {...}, logprob} becomes what is inside. */
function unfork(key: string, value: unknown): unknown {
  const nested = typeof value === 'object' && value !== null && 'answer' in value && 'logprob' in value;
  return (key === 'im1' || key === 'im2') && nested ? value.answer : value;
}

describe('officialFile', () => {
  it('is byte for byte what the benchmark code writes', () => {
    const content = text('official/gpt_gpt4.json.gz');
    expect(officialFile(benchmark, read('gpt_gpt4.json', content).records, 'ff')).toBe(content);
  });

  it('leaves out methods that the code does not know, and pairs without both answers', () => {
    const { records } = read('gpt_mc.json', text('official/gpt_mc.json.gz'));
    expect(officialFile(benchmark, records, 'ps')).toBeNull();
    const written = officialFile(benchmark, records.slice(1), 'mc') ?? '';
    expect(Object.keys(JSON.parse(written) as object)).toHaveLength(175);
  });
});

/** A file of the first pairs in the published form, changed. */
function changed(mode: string, change: (file: Record<string, unknown>, pair: Changed) => void): OfficialImport {
  const all = JSON.parse(text('official/gpt_mc.json.gz'), unfork) as Record<string, unknown>;
  const name = `x_${mode}.json`;
  if (mode !== 'mc') for (const entry of Object.values(all) as Changed[]) asLetters(entry);
  change(all, all['10002'] as Changed);
  return read(name, JSON.stringify(all, null, 4));
}
interface Changed {
  answer: Record<string, Record<string, unknown>>;
  score: Record<string, Record<string, unknown>>;
}
function asLetters(entry: Changed): void {
  for (const a of Object.values(entry.answer)) {
    a['full_answer'] = a['B'] === 10 ? 'B' : 'A';
    a['A'] = a['B'] === 10 ? 0 : 10;
  }
}

describe('an official file with a fault', () => {
  const faults: readonly [string, string, (file: Record<string, unknown>, pair: Changed) => void, RegExp, RegExp][] = [
    ['a missing pair', 'mc', (f) => delete f['10002'], /^x_mc\.json, line 1$/, /pair 10002 is missing/],
    ['an unknown id', 'mc', (f) => (f['99999'] = f['10002']), /^x_mc\.json, line \d+$/, /id 99999 is unknown/],
    [
      'a letter neither A nor B',
      'greedy',
      (_, p) => Object.assign(p.answer['im1'] ?? {}, { full_answer: 'C' }),
      /10002\.answer\.im1\.full_answer/,
      /"C", a letter that is neither/,
    ],
    [
      'a field of another letter',
      'mc',
      (_, p) => Object.assign(p.answer['im1'] ?? {}, { C: 10 }),
      /10002\.answer\.im1\.C$/,
      /letter "C" is neither A nor B/,
    ],
    [
      'text for a number',
      'mc',
      (_, p) => Object.assign(p.answer['im2'] ?? {}, { A: '10' }),
      /10002\.answer\.im2\.A$/,
      /not the text "10"/,
    ],
    [
      'text in a score table',
      'mc',
      (_, p) => Object.assign(p.score['confused'] ?? {}, { total: 'one' }),
      /10002\.score\.confused\.total$/,
      /not the text "one"/,
    ],
    [
      'a score that is no choice',
      'mc',
      (_, p) => Object.assign(p.answer['im1'] ?? {}, { A: 5 }),
      /10002\.answer\.im1\.A$/,
      /is 5/,
    ],
    [
      'two letters',
      'mc',
      (_, p) => Object.assign(p.answer['im1'] ?? {}, { A: 10, B: 10 }),
      /10002\.answer\.im1$/,
      /Both A and B are 10/,
    ],
    ['a missing image', 'mc', (_, p) => delete p.answer['im2'], /10002\.answer\.im2$/, /answer to im2 is missing/],
    [
      'a text that says another letter',
      'mc',
      (_, p) => Object.assign(p.answer['im1'] ?? {}, { full_answer: p.answer['im1']?.['A'] === 10 ? 'B.' : 'A.' }),
      /full_answer$/,
      /published parser reads/,
    ],
  ];
  it.each(faults)('%s is named with its place, and only its pair is not taken', (_, mode, change, place, message) => {
    const imported = changed(mode, change);
    const errors = imported.problems.filter((p) => p.severity === 'error');
    expect(errors).toHaveLength(1);
    expect(errors[0]?.place).toMatch(place);
    expect(errors[0]?.message).toMatch(message);
    expect(refusal(imported, 'x.json')?.message).toMatch(message);
    const lost = imported.records.filter((r) => r.status === 'failed').map((r) => r.pair);
    expect(lost).toEqual(errors[0]?.pair === '99999' ? [] : ['10002', '10002']);
  });

  it('a pair twice is an error', () => {
    const all = text('official/gpt_mc.json.gz').replace('"10002"', '"10001"');
    const messages = read('gpt_mc.json', all).problems.map((p) => p.message);
    expect(messages).toContain('The id 10001 occurs twice.');
    expect(messages).toContain('The pair 10002 is missing.');
  });

  it('a score table that its answers do not give is told, and the answers count', () => {
    const imported = changed('mc', (_, p) => Object.assign(p.score['individual_score'] ?? {}, { total: 2 }));
    expect(imported.problems).toMatchObject([{ severity: 'warning', pair: '10002' }]);
    expect(imported.taken).toBe(176);
  });

  it('an answer "C" without a score is invalid as in the published code, and told', () => {
    const imported = changed('mc', (_, p) => Object.assign(p.answer['im1'] ?? {}, { full_answer: 'C', A: 0, B: 0 }));
    expect(imported.problems[0]).toMatchObject({ severity: 'warning', pair: '10002' });
    expect(imported.records[2]).toMatchObject({ status: 'scored', chosen: null, correct: false, text: 'C' });
  });

  it('texts of GD that are not the letter are told once, and the scores count', () => {
    const all = JSON.parse(text('official/gpt_mc.json.gz'), unfork) as Record<string, Changed>;
    for (const entry of Object.values(all)) {
      asLetters(entry);
      for (const a of Object.values(entry.answer)) a['full_answer'] = a['A'] === 10 ? 'The left lung' : ['B', -0.1];
    }
    const imported = read('x_greedy.json', JSON.stringify(all));
    expect(imported.taken).toBe(176);
    const told = imported.problems.filter((p) => p.place.endsWith('full_answer'));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ severity: 'warning', pair: null });
    expect(told[0]?.message).toMatch(/^352 answers are not the letter that has 10; the file's scores count\./);
  });

  it('an MC text that ends inside a thought is noted', () => {
    const cut = { full_answer: '<think>Is it A or', A: 0, B: 0 };
    const imported = changed('mc', (_, p) => Object.assign(p.answer['im1'] ?? {}, cut));
    expect(imported.records[2]).toMatchObject({ status: 'scored', chosen: null, notes: ['thought-cut'] });
  });

  it.each([
    ['x.json', '{}', /must be named/],
    ['x_mc.json', '{"10001": {]', /line 1, column 12/],
    ['x_mc.json', '[]', /no object/],
    ['x_mc.json', '{}', /no answer to a pair/],
  ])('%s holding %s is refused', (name, content, message) => {
    const result = readOfficial(name, content, benchmark);
    expect(!result.ok && result.fault.message).toMatch(message);
  });
});

describe('names of official files', () => {
  it.each([
    ['gpt_mc.json', 'gpt', 'mc'],
    ['dir/llava_med_greedy.json', 'llava_med', 'greedy'],
    ['a_gpt4_prefix.json', 'a_gpt4', 'prefix'],
    ['gpt_gpt4 (1).json', 'gpt', 'gpt4'],
  ])('%s', (name, key, mode) => expect(parseOfficialName(name)).toMatchObject({ key, mode: { mode } }));
  it.each(['gpt_mc_score.json', 'mc.json', 'gpt_mc.csv'])('%s is none', (name) =>
    expect(parseOfficialName(name)).toBeNull(),
  );
  it.each([
    ['HuggingFaceTB/SmolVLM-256M-Instruct', 'SmolVLM-256M-Instruct'],
    ['C:\\models\\my model', 'my_model'],
    ['../..', 'model'],
  ])('the key of %s is %s', (id, key) => expect(officialKey(id)).toBe(key));
});

describe('a benchmark without images', () => {
  it('serves an import: the real question file alone gives the same numbers', () => {
    const questions = readQuestions('m', {
      path: 'dataset.json',
      text: text('mediconfusion/dataset.json'),
      sha256: 'q',
    });
    if (!questions.ok) throw new Error(questions.fault.message);
    expect(questions.value.problems).toEqual([]);
    const imported = readOfficial('gpt_mc.json', text('official/gpt_mc.json.gz'), questions.value);
    if (!imported.ok) throw new Error(imported.fault.message);
    const answers = pairAnswers(questions.value, indexRecords(imported.value.records), 'mc');
    expect(countPairs(answers)).toMatchObject({ pairs: 176, set: 34, confused: 115, validPairs: 160 });
  });
});
