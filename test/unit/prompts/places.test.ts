import { describe, expect, it } from 'vitest';
import { readPromptFile } from '../../../src/core/prompts/file.ts';

const set = (over: object): string =>
  JSON.stringify({ name: 'mine', prompts: { letter: '{q}\nA: {a}\nB: {b}', open: '{q}' }, ...over });
const asking = (open: string): string => set({ prompts: { letter: '{q}\nA: {a}\nB: {b}', open } });
const refusal = (text: string): string | null => {
  const read = readPromptFile('p.json', text);
  return read.ok ? null : read.fault.message;
};

describe("places of other tools' prompts are refused, with where they stand", () => {
  it.each([
    ...['{{q}}', '{{ q }}', '{{question}}', '{{q', '{q}}', '{ q }', '{q }', '{q!r}', '{q:s}', '{q:>10}', '{q!s:10}'],
    ...[
      '${q}',
      '#{q}',
      '$q',
      '$question',
      '%s',
      '%(q)s',
      '{}',
      '{0}',
      '{0:s}',
      '{Q}',
      '{question}',
      '{q.strip()}',
      '{q[0]}',
    ],
    ...[
      '{q | trim}',
      '{% if q %}',
      '{# q #}',
      '<q>',
      '<question>',
      '[[q]]',
      '[q]',
      '\\{q\\}',
      '｛q｝',
      '{option_A}',
      '{ question }',
    ],
    ...['{q', 'q}'],
  ])('%s', (place) => {
    const message = refusal(asking(`Look.\nIt is {q}? ${place}`));
    expect(message).toMatch(/^The prompt "open" of mine has .+ \(line 2, column \d+\), which stands for nothing/);
    expect(message).toContain(place.startsWith('{q}}') ? '{q}}' : place.slice(0, 2));
  });
  it('the double braces of a set of promptfoo', () => {
    const prompts = { letter: '{{q}}\nA: {{a}}\nB: {{b}}\nAnswer:', open: 'Question: {{q}}' };
    expect(refusal(set({ prompts }))).toBe(
      'The prompt "letter" of mine has {{q}} (line 1, column 1), which stands for nothing; there are {q}, {a} and {b}.',
    );
  });
  it('a place where none is filled: system text, beginning of the answer, preamble', () => {
    expect(refusal(set({ system: 'You answer {q}.' }))).toMatch(
      /^The system text of mine has \{q\} \(line 1, column 12\)/,
    );
    expect(refusal(set({ answerPrefix: { gd: 'To {{q}}:' } }))).toMatch(
      /^The answer prefix of "gd" of mine has \{\{q\}\}|\{q\}/,
    );
    expect(refusal(set({ fewShot: { preamble: 'See {a}', shots: [] } }))).toMatch(/^The preamble of mine has \{a\}/);
  });
  it.each([
    'Reply as {"answer": "A"}. {q}',
    'Reply with JSON: {"question": {q}, "answer": ...}',
    '{q} {"side": "left" | "right"}',
    '<question>{q}</question>',
    '<b>{q}</b>',
    '{q} (100% sure, costs $5)',
    '[Question]\n{q}',
    'Set {1, 2}: {q}',
  ])('%j is text, not a place', (open) => expect(refusal(asking(open))).toBeNull());
});

describe('a prompt set that brings its own place for the image', () => {
  it.each([
    ...['<image>', '<|image|>', '<|image_1|>', '<|vision_start|><|image_pad|><|vision_end|>', '<start_of_image>'],
    ...[
      '<image_soft_token>',
      '[IMG]',
      '<fake_token_around_image>',
      '<image_placeholder>',
      '<ImageHere>',
      '<IMAGE>',
      '{image}',
    ],
    ...['<img>', '<video>'],
  ])('%s: one message about the set', (token) => {
    const message = refusal(asking(`${token}\n{q}`));
    expect(message).toMatch(
      /^The prompt "open" of mine brings a place for an image, .+ \(line 1, column 1\)\. .* take it out\.$/,
    );
  });
  it('in the system text too', () => {
    expect(refusal(set({ system: 'Look: <image>' }))).toMatch(/^The system text of mine brings a place for an image/);
  });
});
