import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readBenchmark, readQuestions } from '../../../src/core/benchmark/read.ts';
import type { BenchmarkDraft } from '../../../src/core/benchmark/types.ts';
import { controlToken } from '../../../src/core/chat/control-tokens.ts';
import { readOfficial } from '../../../src/core/exchange/import.ts';
import { readAnew, type Reading } from '../../../src/core/methods/reading.ts';
import { readPromptFile } from '../../../src/core/prompts/file.ts';
import { createTokenizer } from '../../../workers/language/tokenizer.ts';
import { controlTokens } from '../../../workers/vlm/prompts.ts';
import { BENCHMARKS, PROMPTS, REPEATS } from '../../../tools/make/inputs/cases.mjs';

/*
 * Inputs rebuilt from reports to other tools (docs/compatibility.md), by their numbers in tools/make/inputs/cases.mjs. The others of the same numbers stand
 * where their room is: 01, 05, 07, 09, 13, 16 and 24 in vlm/prompts.test.ts, 04 in data/replies, 06 in engine/external.test.ts, 08 in images/headers.test.ts,
 * and 06, 13 and 33 once more from the command line in browser/cases.spec.ts.
 */
const IMAGES = ['1.png', '2.png', '3.png', '4.png', 'left lung é.png'].map((n) => ({ path: `images/${n}`, size: 9 }));

function read(name: keyof typeof BENCHMARKS): BenchmarkDraft {
  const found = readBenchmark('chosen', IMAGES, { ...BENCHMARKS[name], sha256: 'f' });
  if (!found.ok) throw new Error(found.fault.message);
  return found.value;
}
const ids = (d: BenchmarkDraft): readonly string[] => d.pairs.map((p) => p.id);
const told = (d: BenchmarkDraft): readonly string[] => d.problems.map((p) => `${p.severity}: ${p.message}`);

describe('benchmarks', () => {
  it.each([
    'plain',
    '10a-sep',
    '10b-empty-rows',
    '10c-trailing-comma',
    '10d-spaces',
    '15c-lines',
    '15d-wrapped',
    '15e-wrapped-twice',
  ] as const)('%s: two pairs, none skipped', (name) => {
    const d = read(name);
    expect(d.pairs).toEqual(read('plain').pairs);
    expect([d.skipped, d.problems]).toEqual([[], []]);
  });
  it('11: control tokens are found, with their field', () => {
    const json = (file: string): object =>
      JSON.parse(readFileSync(`public/models/phantom-vlm/${file}.json`, 'utf8')) as object;
    const tokens = controlTokens(createTokenizer(json('tokenizer'), json('tokenizer_config'), null), '<image>');
    expect(read('11-special-tokens').pairs.map((p) => controlToken(p, tokens))).toEqual([
      { field: 'the question', token: '<|end|>' },
      { field: 'option A', token: '<|pad|>' },
    ]);
  });
  it.each(['12-same-to-a-reader', '12b-two-spaces', '12c-zero-width'] as const)(
    '%s: a problem at reading, of this pair alone',
    (name) => {
      expect(ids(read(name))).toEqual(['p2']);
      expect(told(read(name))[0]).toMatch(/^error: Both options read /);
    },
  );
  it('14: two pairs, their ids digit by digit', () => {
    expect(ids(read('14-big-ids'))).toEqual(['1152921504606846977', '1152921504606846978']);
    expect(told(read('14-big-ids'))).toEqual([]);
  });
  it('15a: letters in other writings are taken, with one warning', () => {
    expect(read('15a-lower').pairs.flatMap((p) => p.images.map((i) => i.right))).toEqual(['A', 'B', 'A', 'B']);
    expect(told(read('15a-lower'))).toEqual([expect.stringMatching(/^warning: Right answers in other writings/)]);
  });
  it('15b: numbers are options; as right answers 0 and 1 are refused, saying why', () => {
    expect(read('15b-numbers').pairs.map((p) => p.options)).toEqual([{ A: '3', B: '4' }]);
    expect(told(read('15b-numbers'))[0]).toMatch(/whether 0 or 1 is the first option is nowhere said/);
  });
  it('17: encoded names are found, with a warning', () => {
    const d = read('17-percent');
    expect(d.pairs.flatMap((p) => p.files)).toEqual(['left lung é', '2', '3', '4'].map((n) => `images/${n}.png`));
    expect(told(d)).toEqual([expect.stringMatching(/^warning: /), expect.stringMatching(/^warning: /)]);
  });
  it('25: text from right to left is kept as it is written', () => {
    expect(read('25-right-to-left').pairs.map((p) => p.question)).toEqual([
      'في أي جانب العقدة (CT, 5 mm)?',
      '🫁 Which lung? 👉',
    ]);
  });
});

describe('prompt sets', () => {
  const refusal = (name: keyof typeof PROMPTS): string | null => {
    const found = readPromptFile(name, PROMPTS[name]);
    return found.ok ? null : found.fault.message;
  };
  it.each([
    ['02-double-braces', '{{q}}'],
    ['02b-format', '{q:s}'],
    ['02c-repr', '{q!r}'],
    ['02d-spaces', '{ q }'],
    ['02e-dollar', '${q}'],
  ] as const)('%s: %s is refused with its place', (name, place) => {
    expect(refusal(name)).toContain(`has ${place} (line 1, column 1)`);
  });
  it.each([
    ['19-image-token', '<image>'],
    ['19b-numbered', '<image 1>'],
  ] as const)('%s: one message about the set', (name, place) => {
    expect(refusal(name)).toMatch(new RegExp(`brings a place for an image, ${place}`));
  });
  it.each(['09-few-shot', '24-system'] as const)('%s is a good set', (name) => expect(refusal(name)).toBeNull());
});

describe('03: an official file of answers that only look like choices', () => {
  const questions = readQuestions('chosen', { ...BENCHMARKS.plain, sha256: 'f' });
  if (!questions.ok) throw new Error(questions.fault.message);
  const imported = readOfficial(REPEATS.path, REPEATS.text, questions.value);
  if (!imported.ok) throw new Error(imported.fault.message);
  const { records } = imported.value;
  const chosen = (mcParser: Reading['mcParser']) =>
    readAnew(records, { mcParser, ffGap: 3 }).map((r) => (r.status === 'scored' ? r.chosen : 'failed'));
  it('is read as published', () => expect(chosen('published')).toEqual([null, 'B', 'B', null]));
  it('is read strictly', () => expect(chosen('strict')).toEqual([null, 'B', null, 'B']));
});
