import { describe, expect, test } from 'vitest';
import { readArguments } from '../../../tools/cli/options.mjs';
import { checkTogether, evaluateOptions, type EvaluateValues } from '../../../tools/evaluate/options.mjs';
import { Stop } from '../../../tools/say.mjs';

const options = await evaluateOptions();

function parseEvaluate(argv: readonly string[]): EvaluateValues {
  const { values } = readArguments(argv, options);
  checkTogether(values);
  return values;
}

/** The message and exit code of refused arguments. */
function refusal(line: string): { message: string; code: number } {
  try {
    parseEvaluate(line.split(' '));
  } catch (error) {
    if (error instanceof Stop) return { message: error.message, code: error.code };
    throw error;
  }
  throw new Error(`taken: ${line}`);
}

describe('arguments of evaluate', () => {
  test('none: the demo by GD and PS on whatever device there is', () => {
    expect(parseEvaluate([])).toEqual({
      benchmark: null,
      model: null,
      methods: ['gd', 'ps'],
      prompts: null,
      shots: null,
      judge: null,
      'judge-dtype': 'auto',
      'judge-explanations': false,
      'judge-by-rule': false,
      'judge-test': 12,
      paraphrases: null,
      marks: null,
      'probe-seed': 0,
      'flip-answers': [],
      'mc-parser': 'published',
      device: 'auto',
      dtype: 'auto',
      threads: 'auto',
      limit: null,
      shard: null,
      out: null,
      resume: false,
      import: [],
      server: null,
      'server-model': null,
      'server-kind': 'auto',
      'server-processor': null,
      'server-dtype': null,
      'server-quantisation': null,
      'send-images-to': null,
      'send-texts-to': null,
      concurrency: 4,
      'server-prices': null,
      'server-limit': null,
      'accept-partial': false,
      thinking: 'off',
      'thought-tokens': 1024,
      'allow-uncertified': false,
    });
  });

  test('all of them', () => {
    const line =
      '--benchmark b --model m --methods gd,mc --prompts official --device webgpu --dtype q4 --threads 2 --limit 6 --out o --resume --allow-uncertified --thinking on --thought-tokens 99';
    expect(parseEvaluate(line.split(' '))).toMatchObject({
      benchmark: 'b',
      model: 'm',
      methods: ['gd', 'mc'],
      prompts: 'official',
      device: 'webgpu',
      dtype: 'q4',
      threads: 2,
      limit: 6,
      out: 'o',
      resume: true,
      thinking: 'on',
      'thought-tokens': 99,
      'allow-uncertified': true,
    });
  });

  test('several files to import', () => {
    expect(parseEvaluate(['--import', 'a_mc.json', '--import=a_gpt4.json']).import).toEqual([
      'a_mc.json',
      'a_gpt4.json',
    ]);
  });

  test('a dtype for each file', () => {
    expect(parseEvaluate(['--dtype', 'decoder_model_merged=q4,vision_encoder.onnx=fp32']).dtype).toEqual({
      decoder_model_merged: 'q4',
      vision_encoder: 'fp32',
    });
  });

  test.each([
    ['--modle x', 'There is no option --modle. Did you mean --model?'],
    ['--limt=3', 'There is no option --limt. Did you mean --limit?'],
    ['-x', 'There is no option -x.'],
    ['phantoms', '"phantoms" belongs to no option.'],
    ['--limit 0', '--limit must be a whole number of 1 or more, not "0".'],
    ['--limit 2.5', '--limit must be a whole number of 1 or more, not "2.5".'],
    ['--limit=-1', '--limit must be a whole number of 1 or more, not "-1".'],
    ['--limit --resume', '--limit needs a value.'],
    ['--threads two', '--threads must be a whole number'],
    ['--device gpu', 'there is no device "gpu". Did you mean webgpu?'],
    ['--dtype fp23', 'there is no type "fp23". Did you mean fp32?'],
    ['--dtype fp32,vision_encoder=q4', '--dtype is one type, or file=type,... for each file.'],
    ['--dtype =q4', '"=q4" is not file=type.'],
    ['--methods gd,pss', 'there is no method "pss". Did you mean ps?'],
    ['--methods ,', '--methods names no method.'],
    ['--resume', '--resume needs --out DIR'],
    ['--resume=yes --out o', "'--resume' does not take an argument"],
    ['--model a --model b', '--model is given twice.'],
    ['--import f --model m', '--import reads finished answers'],
    ['--accept-partial', '--accept-partial belongs to --import.'],
    ['--marks marks.json', '--marks belongs to methods under +marks'],
    ['--methods gd,gd+marks --flip-answers all', '--flip-answers belongs to methods under +flip'],
    ['--methods gd,gd+noise --probe-seed x', '--probe-seed must be a whole number of 0 or more'],
    ['--methods gd,gd+mark', 'there is no method "gd+mark"'],
  ])('%s is refused', (line, message) => {
    expect(refusal(line)).toEqual({ message: expect.stringContaining(message), code: 2 });
  });
});

describe('judges, paraphrases and parsers', () => {
  test('are taken as they are', () => {
    const line = '--methods gd,gd+paraphrase,ff --judge self --paraphrases mine.json --mc-parser strict';
    expect(parseEvaluate(line.split(' '))).toMatchObject({
      methods: ['gd', 'gd+paraphrase', 'ff'],
      judge: 'self',
      paraphrases: 'mine.json',
      'mc-parser': 'strict',
    });
  });
  test('paraphrases without a method that asks in them are refused', () => {
    expect(refusal('--methods gd --paraphrases mine.json').message).toMatch(/belongs to methods under \+paraphrase/);
  });
  test('a parser that is none is refused with what there is', () => {
    expect(refusal('--mc-parser stict')).toEqual({
      message: '--mc-parser: there is no parser "stict". Did you mean strict?',
      code: 2,
    });
  });
});
