import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { paraphraseChoice, promptChoice } from '../../../tools/inputs.mjs';

let here: string;
beforeAll(() => {
  here = mkdtempSync(join(tmpdir(), 'lookalike-inputs-'));
  writeFileSync(join(here, 'answering.json'), '{"prompts":{}}');
});
afterAll(() => rmSync(here, { recursive: true, force: true }));

describe('--prompts', () => {
  test('a file, one set of a file, or a name', () => {
    const file = { kind: 'file', name: 'answering', text: '{"prompts":{}}' };
    expect(promptChoice('answering.json', here)).toEqual({ ...file, set: null });
    expect(promptChoice('answering.json#llava', here)).toEqual({ ...file, set: 'llava' });
    expect(promptChoice('official: llava', here)).toEqual({ kind: 'named', name: 'official: llava' });
  });
  test('a file that is not there is named', () => {
    expect(() => promptChoice('missing.json#llava', here)).toThrow('there is no file missing.json#llava');
  });
});

describe('--paraphrases', () => {
  test('a file, or names', () => {
    expect(paraphraseChoice(null, here)).toEqual({ kind: 'usual' });
    expect(paraphraseChoice('answering.json', here)).toEqual({
      kind: 'file',
      name: 'answering',
      text: '{"prompts":{}}',
    });
    expect(paraphraseChoice('lookalike, brief; lookalike, formal', here)).toEqual({
      kind: 'named',
      names: ['lookalike, brief', 'lookalike, formal'],
    });
  });
});
