import { FF } from '../../../src/core/methods/ff.ts';
import { GD } from '../../../src/core/methods/gd.ts';
import { MC } from '../../../src/core/methods/mc.ts';
import { PS } from '../../../src/core/methods/ps.ts';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtinPromptSets, promptSetNamed } from '../../../src/core/prompts/builtin.ts';
import { LOOKALIKE } from '../../../src/core/prompts/default.ts';
import { matchShots, MED_FLAMINGO, promptParts, shotImages } from '../../../src/core/prompts/few-shot.ts';
import { checkPromptSet, readPromptFile } from '../../../src/core/prompts/file.ts';
import { endingAsPrefix } from '../../../src/core/prompts/official.ts';
import { askedText, fromPositional, renderPrompt } from '../../../src/core/prompts/render.ts';
import type { PromptSet } from '../../../src/core/prompts/types.ts';

const asked = { question: 'Is {a} $& in {}?', options: { A: 'left {q}', B: 'right' } };
const answering = readFileSync(new URL('../../data/mediconfusion/answering.json', import.meta.url), 'utf8');

function official(name: string): PromptSet {
  const sets = readPromptFile('dir/answering.json', answering);
  if (!sets.ok) throw new Error(sets.fault.message);
  const set = sets.value.find((s) => s.name === name);
  if (!set) throw new Error(`${name} is not among ${sets.value.map((s) => s.name).join(', ')}`);
  return set;
}

describe('renderPrompt', () => {
  it('leaves braces and dollars of a question and an option alone', () => {
    expect(renderPrompt('{q}|{a}|{b}|{x}', asked)).toBe('Is {a} $& in {}?|left {q}|right|{x}');
  });
  it('asks for the letter in GD and MC and the question in PS and FF, unless the set has more', () => {
    expect(askedText(LOOKALIKE, MC, asked)).toContain('Reply with the letter');
    expect(askedText(LOOKALIKE, PS, asked)).toBe('Question: Is {a} $& in {}?');
    const own = { ...LOOKALIKE, prompts: { ...LOOKALIKE.prompts, ff: 'Describe: {q}' } };
    expect(askedText(own, FF, asked)).toMatch(/^Describe/);
  });
  it("reads Python's positional places", () => {
    expect(fromPositional('{} {{x}} ("A": {})', ['q', 'a'])).toBe('{q} {x} ("A": {a})');
  });
});

describe('the official layout', () => {
  it('gives the default wording, the system text apart, and each model that has its own', () => {
    const sets = readPromptFile('answering.json', answering);
    expect(sets.ok && sets.value.map((s) => s.name)).toEqual([
      ...['answering', 'answering + system'],
      ...['molmo', 'med_flamingo', 'blip2', 'llava_med', 'gpt', 'deepseek', 'gemini', 'claude', 'medvint', 'radfm'].map(
        (k) => `answering: ${k}`,
      ),
    ]);
  });
  it('keeps the wording as it is, endings in the user turn', () => {
    const { prompts } = official('answering');
    expect(prompts.gd).toBe(
      "Based on the image, choose the correct option for the following question.\nQuestion: {q}\nA: {a}\nB: {b}\nAnswer with the option's letter from the given choices directly.\nAnswer: ",
    );
    expect(prompts.mc).toMatch(/\("A": \{a\}\)\n\("B": \{b\}\)\n.*\n#answer: \("$/);
    expect(prompts.ff).toBe('Based on the image, answer following question.\n{q}');
    expect(prompts.ps).toBe('Question: {q} Answer:');
  });
  it('takes a variant where a model has one, and the default where not', () => {
    expect(official('answering: blip2').prompts).toMatchObject({
      ff: 'Question: {q} Answer:',
      ps: 'Question: {q} Answer:',
    });
    expect(official('answering: radfm').prompts).toMatchObject({ ps: '{q}', gd: official('answering').prompts.gd });
  });
  it('takes system texts as the configurations of the models do', () => {
    const text = 'You are a helpful assitant expert in medical domain.';
    expect(official('answering').system).toBeNull();
    expect(official('answering + system').system).toBe(text);
    expect(official('answering: gpt').system).toBe(text);
    expect(official('answering: llava_med').system).toBe(
      'You are a helpful and precise assistant for checking the quality of the answer.',
    );
    expect(official('answering: blip2').system).toBeNull();
  });
  it("turns Med-Flamingo's places into shots", () => {
    const set = official('answering: med_flamingo');
    expect(set.prompts.gd).toBe('Question: {q}\nA: {a}\nB: {b}\nAnswer:');
    expect(set.fewShot).toEqual(MED_FLAMINGO);
    expect(shotImages(set)).toEqual(['PMC1064097_F2.jpg', 'PMC1065025_F1.jpg', 'PMC1087855_F3.jpg']);
  });
  it('can move endings behind the generation prompt', () => {
    const set = endingAsPrefix(official('answering'));
    expect(set?.answerPrefix).toEqual({ gd: 'Answer:', mc: '#answer: ("', ps: 'Answer: ' });
    expect(set?.prompts.gd).toMatch(/directly\.$/);
    expect(set?.prompts.ps).toBe('Question: {q}');
    expect(set?.prompts.ff).toBe(official('answering').prompts.ff);
    expect(endingAsPrefix(LOOKALIKE)).toBeNull();
    expect(promptSetNamed('Official: molmo, answer begun')?.answerPrefix?.gd).toBe('#answer: ("');
    expect(promptSetNamed('lookalike, answer begun')).toBeNull();
  });
  it('names what is missing', () => {
    const read = readPromptFile('x.json', '{"prompts": {"mc": {"default": "{}"}}}');
    expect(!read.ok && read.fault.message).toContain('greedy, gpt4, prefix');
  });
});

describe('promptParts', () => {
  const shown = { question: 'Which side?', options: { A: 'left', B: 'right' } };
  it('is image, then text', () => {
    expect(promptParts(LOOKALIKE, FF, shown)).toEqual([
      { kind: 'question-image' },
      { kind: 'text', text: 'Question: Which side?' },
    ]);
  });
  it('puts each shot with its image before the question, by letter or by text as the method answers', () => {
    const set = official('answering: med_flamingo');
    const parts = promptParts(set, GD, shown);
    expect(parts.map((p) => p.kind)).toEqual([
      'text',
      'shot',
      'text',
      'shot',
      'text',
      'shot',
      'text',
      'question-image',
      'text',
    ]);
    expect(parts[2]).toEqual({
      kind: 'text',
      text: 'Question: What radiological technique was used to confirm the diagnosis?\nA: CT Scan\nB: Mammography\nAnswer: B\n',
    });
    expect(parts.at(-1)).toEqual({ kind: 'text', text: 'Question: Which side?\nA: left\nB: right\nAnswer:' });
    expect(promptParts(set, PS, shown)[4]).toEqual({
      kind: 'text',
      text: 'Question: What did the CT scan show? Answer: Cerebral edema\n',
    });
  });
});

describe('readPromptFile', () => {
  const good = { name: 'mine', prompts: { letter: '{q} {a} {b}', open: '{q}' }, system: null };
  it('reads one set, and a list of them', () => {
    expect(readPromptFile('p.json', JSON.stringify(good))).toEqual({ ok: true, value: [good] });
    const list = readPromptFile(
      'p.json',
      JSON.stringify([good, { prompts: { ...good.prompts, ps: 'Q {q}' }, answerPrefix: { ps: 'It is' } }]),
    );
    expect(list.ok && list.value[1]).toEqual({
      name: 'p 2',
      prompts: { ...good.prompts, ps: 'Q {q}' },
      system: null,
      answerPrefix: { ps: 'It is' },
    });
  });
  it('reads shots', () => {
    const fewShot = { preamble: 'Look.', shots: [{ image: 'a.png', question: 'q', options: ['x', 'y'], answer: 'B' }] };
    const read = readPromptFile('p.json', JSON.stringify({ ...good, fewShot }));
    expect(read.ok && read.value[0]?.fewShot?.shots[0]?.options).toEqual({ A: 'x', B: 'y' });
  });
  const faults: readonly [string, unknown, RegExp][] = [
    ['no prompts', { name: 'x' }, /is no prompt set/],
    ['no open prompt', { prompts: { letter: '{q}{a}{b}' } }, /"prompts.open" must be text/],
    ['an unknown prompt', { prompts: { ...good.prompts, gdd: 'x' } }, /"prompts.gdd" is not known/],
    ['a number for text', { prompts: { ...good.prompts, gd: 3 } }, /must hold text only/],
    ['a letter prompt without options', { prompts: { ...good.prompts, letter: '{q}' } }, /lacks \{a\} and \{b\}/],
    ['a slip', { prompts: { ...good.prompts, open: '{q} {question}' } }, /has \{question\}/],
    ['a wrong system text', { ...good, system: 1 }, /"system" must be text/],
    [
      'a shot without an answer',
      { ...good, fewShot: { preamble: '', shots: [{ image: 'a', question: 'q', options: ['x', 'y'] }] } },
      /"fewShot" must/,
    ],
    ['nothing', [], /holds no prompt set/],
  ];
  it.each(faults)('refuses %s', (_, value, message) => {
    const read = readPromptFile('p.json', JSON.stringify(value));
    expect(!read.ok && read.fault.message).toMatch(message);
  });
  it('names the place of broken JSON', () => {
    const read = readPromptFile('p.json', '{\n"prompts" 1}');
    expect(!read.ok && read.fault.message).toContain('p.json, line 2, column 11');
  });
});

describe('built-in sets', () => {
  it('can all be used, and have names of their own', () => {
    const sets = builtinPromptSets();
    expect(sets[0]).toBe(LOOKALIKE);
    expect(sets.map(checkPromptSet).filter((f) => f !== null)).toEqual([]);
    expect(new Set(sets.map((s) => s.name)).size).toBe(sets.length);
  });
  it('are found by name', () => {
    expect(promptSetNamed('Official')?.prompts.ps).toBe('Question: {q} Answer:');
    expect(promptSetNamed('official: gpt')?.prompts.mc).toMatch(/Answer: $/);
    expect(promptSetNamed('none')).toBeNull();
  });
});

describe('brought files are matched to the images that shots show', () => {
  const wanted = ['ROCO/a.jpg', 'b.png', 'left/c.png', 'right/c.png'];
  it.each([
    [['b.png'], ['b.png']],
    [
      ['B.PNG', 'A.jpg'],
      ['b.png', 'ROCO/a.jpg'],
    ],
    [['deep/er/b.png'], ['b.png']],
    [['bb.png'], [null]],
    [
      ['b.png', 'copy/b.png'],
      ['b.png', null],
    ],
    [
      ['B.png', 'b.png'],
      [null, 'b.png'],
    ],
    // A name that two images share is not guessed.
    [
      ['c.png', 'set/right/c.png'],
      [null, 'right/c.png'],
    ],
  ])('%j are %j', (brought, names) => expect(matchShots(wanted, brought)).toEqual(names));
  it('and one name may end another', () => {
    expect(matchShots(['c.png', 'left/c.png'], ['left/c.png', 'c.png'])).toEqual(['left/c.png', 'c.png']);
  });
  it('and two names that differ in capitals are two images', () => {
    expect(matchShots(['A.png', 'a.png'], ['a.png', 'A.png', 'a.PNG'])).toEqual(['a.png', 'A.png', null]);
  });
});
