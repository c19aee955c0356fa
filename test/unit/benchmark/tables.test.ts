import { readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { decodeQuestions, findQuestionFile, readBenchmark } from '../../../src/core/benchmark/read.ts';
import type { BenchmarkDraft } from '../../../src/core/benchmark/types.ts';

/**
 * Each folder of test/data/tables holds the same two pairs in another form (tools/make/inputs/tables.mjs): all are read alike, none is skipped. `warnings`
 * counts what is told; null where only that something may be told.
 */
const root = new URL('../../data/tables/', import.meta.url);
const PairOf = v.object({
  ...v.entriesFromList(
    ['id', 'question', 'option_A', 'option_B', 'im_1', 'im_2', 'im_1_correct', 'im_2_correct'],
    v.string(),
  ),
  category_1: v.array(v.string()),
  category_2: v.array(v.string()),
});
const Expected = v.object({ pairs: v.array(PairOf), warnings: v.record(v.string(), v.nullable(v.number())) });
const expected = v.parse(Expected, JSON.parse(readFileSync(new URL('expected.json', root), 'utf8')));
const images = [1, 2, 3, 4].map((n) => ({ path: `images/${n}.png`, size: 9 }));

function read(name: string): BenchmarkDraft {
  const [file] = readdirSync(new URL(`${name}/`, root));
  const path = findQuestionFile([{ path: file ?? '', size: 9 }, ...images]);
  if (!path.ok) throw new Error(path.fault.message);
  const text = decodeQuestions(path.value, readFileSync(new URL(`${name}/${path.value}`, root)));
  if (!text.ok) throw new Error(text.fault.message);
  const read = readBenchmark('chosen', images, { path: path.value, text: text.value, sha256: 'f' });
  if (!read.ok) throw new Error(read.fault.message);
  return read.value;
}

describe('the same two pairs are read from', () => {
  it.each(Object.entries(expected.warnings))('%s', (name, warnings) => {
    const { pairs, skipped, problems } = read(name);
    const written = pairs.map(({ id, question, options, images: [one, two], files }) => ({
      ...{ id, question, option_A: options.A, option_B: options.B, im_1: files[0], im_2: files[1] },
      ...{ im_1_correct: one.right, im_2_correct: two.right, category_1: one.categories, category_2: two.categories },
    }));
    expect(written).toEqual(expected.pairs);
    expect(skipped).toEqual([]);
    expect(problems.filter((p) => p.severity === 'error')).toEqual([]);
    if (warnings !== null) expect(problems.map((p) => p.message)).toHaveLength(warnings);
  });
});

describe('what a model would be shown without a word is told', () => {
  const told = (over: object): readonly string[] => {
    const pair = {
      ...{ id: 'p', question: 'Which?', option_A: 'left', option_B: 'right', im_1: 'images/1.png' },
      ...{ im_2: 'images/2.png', im_1_correct: 'A', im_2_correct: 'B', category_1: ['x'], category_2: ['x'] },
    };
    const text = JSON.stringify([{ ...pair, ...over }]);
    const read = readBenchmark('chosen', images, { path: 'dataset.json', text, sha256: 'f' });
    return read.ok ? read.value.problems.map((p) => `${p.severity}: ${p.message}`) : [read.fault.message];
  };
  it.each([
    [{ question: 'Is it &lt; 3 cm?' }, /^warning: .*"question" holds &lt;, which is HTML/],
    [{ option_A: 'left<br/>upper' }, /^warning: .*"option_A" holds <br\/>, which is HTML/],
    [{ option_B: 'Der rechte LungenflÃ¼gel' }, /^warning: .*"option_B" holds "Ã¼": letters seem to have been lost/],
    [{ question: 'Der Lungenfl\uFFFDgel?' }, /^warning: .*letters seem to have been lost/],
    [{ question: 'Which \ud83d?' }, /^error: .*"question" holds half of a character \(\\ud83d\)/],
  ])('%j', (over, message) => {
    expect(told(over)).toEqual([expect.stringMatching(message)]);
  });
  it.each(['Is a < b and c > d?', 'AT&T; or <left>?', 'Ångström, Ã, naïve? 😀', 'R&D'])(
    '%s is a plain text',
    (question) => {
      expect(told({ question })).toEqual([]);
    },
  );
  it('UTF-32 is refused by its name', () => {
    const bytes = (text: string): Uint8Array =>
      new Uint8Array(Uint32Array.from([...text], (c) => c.codePointAt(0) ?? 0).buffer);
    for (const text of ['\uFEFF[]', '[]']) {
      const read = decodeQuestions('dataset.json', bytes(text));
      expect(read.ok ? '' : read.fault.message).toBe('dataset.json: this is UTF-32 text. Save the file as UTF-8.');
    }
  });
});
