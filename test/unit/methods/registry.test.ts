import { describe, expect, it } from 'vitest';
import type { Benchmark, Pair } from '../../../src/core/benchmark/types.ts';
import { officialFile, parseOfficialName } from '../../../src/core/exchange/official.ts';
import { readOfficial } from '../../../src/core/exchange/import.ts';
import { methodMeans, methodName } from '../../../src/core/methods/labels.ts';
import type { Method } from '../../../src/core/methods/method.ts';
import { choiceName } from '../../../src/core/methods/names.ts';
import { scoredRecord } from '../../../src/core/methods/outcome.ts';
import { allChoices, methods, orderMethods, requestedMethods, withMethod } from '../../../src/core/methods/registry.ts';
import { planGroups } from '../../../src/core/plan/groups.ts';
import { readPromptFile } from '../../../src/core/prompts/file.ts';
import { rowOfSummary } from '../../../src/core/reports/rows.ts';
import { table1 } from '../../../src/core/reports/tables.ts';
import { summarise } from '../../../src/core/statistics/summary.ts';
import { ownWording } from '../../../src/ui/prompts/words.ts';
import { toggled } from '../../../src/ui/plan/conditions.ts';
import { evaluateOptions } from '../../../tools/evaluate/options.mjs';

/** Yes or no: a method that nobody else has heard of. */
const YES_NO: Method = {
  id: 'yn',
  asks: 'letter',
  reads: 'text',
  maxTokens: 4,
  read: (text) => ({ chosen: text.startsWith('yes') ? 'A' : text.startsWith('no') ? 'B' : null, notes: ['read-yn'] }),
  conditions: ['swap', 'no-image', 'paraphrase'],
  judged: false,
  usual: false,
  officialPrompt: null,
  records: [
    {
      id: 'yn',
      label: 'YN',
      means: 'Yes or no: the model agrees or not.',
      by: 'pass',
      column: { place: 9, printed: null, note: 'YN asks for yes or no.' },
      official: { mode: 'yesno', answer: 'text' },
    },
  ],
};

const side = (sha256: string, right: 'A' | 'B'): Pair['images'][0] => ({
  ...{ path: sha256, local: null, categories: ['Cerebral'], right, caption: null, sha256 },
});
const pair: Pair = {
  ...{ id: '1', question: 'Is it?', options: { A: 'it is', B: 'it is not' }, extra: {} },
  images: [side('x', 'A'), side('y', 'B')],
};
const benchmark: Benchmark = {
  ...{ name: 'two', sha256: 's', pairs: [pair], skipped: [], problems: [] },
};
const answers = (name: string, texts: readonly [string, string]) =>
  ([1, 2] as const).map((image) => {
    const { right, sha256 } = pair.images[image - 1] ?? pair.images[0];
    const none = { chosen: null, options: null, mass: null, margin: null, letterVariants: null };
    const question = { pair: '1', image, right, imageSha256: sha256 ?? '' };
    return scoredRecord(question, { ...none, method: name, text: texts[image - 1] ?? '', promptTokens: 9, notes: [] });
  });

describe('a method that is added to the registry, and told to nobody else', () => {
  it('is planned, plainly and under its conditions', async () => {
    await withMethod(YES_NO, () => {
      const asked = requestedMethods(['yn', 'yn+swap', 'gd']);
      expect(planGroups(benchmark, asked).map((g) => g.questions[0]?.methods)).toEqual([asked, asked]);
      expect(() => requestedMethods(['yn+blank-image'])).toThrow('no method "yn+blank-image"');
    });
  });
  it('scores, and exchanges what it read under exchanged options', async () => {
    await withMethod(YES_NO, () => {
      const [plain] = answers('yn', ['yes, it is', 'no']);
      const [swapped] = answers('yn+swap', ['yes, it is', 'no']);
      expect(plain).toMatchObject({ chosen: 'A', correct: true, notes: ['read-yn'] });
      expect(swapped).toMatchObject({ chosen: 'B', correct: false, method: 'yn+swap' });
    });
  });
  it('has its row, its column, its note and its place among the methods', async () => {
    await withMethod(YES_NO, () => {
      const summary = summarise(benchmark, answers('yn', ['yes', 'no']));
      expect(summary.methods['yn']?.set).toBe(100);
      expect(summary.best?.set).toEqual({ method: 'yn', value: 100 });
      const grid = table1([rowOfSummary('m', 'local', summary, true)]);
      expect(grid.columns.slice(0, 3)).toEqual(['Model', 'YN', 'best']);
      expect(grid.notes).toContain('YN asks for yes or no.');
      expect(orderMethods(['beam', 'yn', 'mc'])).toEqual(['mc', 'yn', 'beam']);
      expect(methodName('yn+paraphrase-2')).toBe('YN, paraphrase 2');
      expect(methodMeans('yn+no-image')).toBe('Yes or no: the model agrees or not. Asked without the image.');
    });
  });
  it('is written to an official file, and read from it', async () => {
    await withMethod(YES_NO, () => {
      const text = officialFile(benchmark, answers('yn', ['yes', 'no']), 'yn') ?? '';
      expect(parseOfficialName('model_yesno.json')).toMatchObject({ key: 'model', mode: { method: 'yn' } });
      const read = readOfficial('model_yesno.json', text.replace('"yes"', '"A"').replace('"no"', '"B"'), benchmark);
      expect(read.ok && read.value.records.map((r) => [r.method, r.chosen])).toEqual([
        ['yn', 'A'],
        ['yn', 'B'],
      ]);
    });
    expect(parseOfficialName('model_yesno.json')).toBeNull();
  });
  it('can be worded by a prompt set, and chosen on the page', async () => {
    await withMethod(YES_NO, () => {
      const file = JSON.stringify({ prompts: { letter: '{q} {a} {b}', open: '{q}', yn: '{q} {a}' } });
      const read = readPromptFile('mine.json', file);
      expect(!read.ok && read.fault.message).toContain('The prompt "yn" of mine lacks {b}');
      expect(ownWording().map((m) => m.label)).toContain('YN');
      expect(toggled([], { base: 'yn', condition: 'swap' }).map(choiceName)).toEqual(['yn+swap']);
      expect(allChoices().map(choiceName)).toContain('yn+paraphrase');
    });
  });
  it('is in the help of the command line, and taken by it', async () => {
    await withMethod(YES_NO, async () => {
      const { methods: option } = await evaluateOptions();
      expect(option.meaning).toContain('of mc, gd, ps, ff, yn (default: gd,ps)');
      expect(option.meaning).toContain('+swap (options exchanged; mc and gd and yn only)');
      expect(option.parse('yn+swap')).toEqual(['yn+swap']);
    });
    const { methods: option } = await evaluateOptions();
    expect(() => option.parse('yn')).toThrow('no method "yn"');
  });
  it('is gone afterwards', async () => {
    await withMethod(YES_NO, () => undefined);
    expect(methods().map((m) => m.id)).toEqual(['mc', 'gd', 'ps', 'ff']);
  });
});
