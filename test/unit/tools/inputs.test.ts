import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { paraphraseChoice, promptChoice } from '../../../tools/evaluate/inputs.mjs';
import { judgeFolder, modelFolder } from '../../../tools/evaluate/models.mjs';

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

describe('--model', () => {
  const folder = (name: string, config: string): string => {
    mkdirSync(join(here, name, 'onnx'), { recursive: true });
    writeFileSync(join(here, name, 'config.json'), config);
    for (const file of [
      'tokenizer.json',
      'tokenizer_config.json',
      'preprocessor_config.json',
      'generation_config.json',
    ])
      writeFileSync(join(here, name, file), '{}');
    writeFileSync(join(here, name, 'onnx', 'decoder_model_merged.onnx'), '');
    return name;
  };
  test('a config.json with the NaN and Infinity of Python is JSON', async () => {
    const path = folder('python', '{"rope": NaN, "limits": [0.0, -Infinity], "name": "a NaN"}');
    expect((await modelFolder(path, 'auto', here)).name).toBe('python');
  });
  describe('in the cache of the hub', () => {
    const [ONE, TWO] = ['1'.repeat(40), '2'.repeat(40)];
    const cache = (name: string, commits: readonly string[], main?: string): string => {
      for (const commit of commits) {
        const blobs = folder(`${name}/blobs`, '{}');
        mkdirSync(join(here, name, 'snapshots', commit), { recursive: true });
        for (const file of ['config.json', 'tokenizer.json', 'onnx'])
          symlinkSync(join(here, blobs, file), join(here, name, 'snapshots', commit, file));
      }
      if (main !== undefined) {
        mkdirSync(join(here, name, 'refs'), { recursive: true });
        writeFileSync(join(here, name, 'refs', 'main'), `${main}\n`);
      }
      return name;
    };
    test('it is named by its repository, whichever folder of it is given', async () => {
      const path = cache('models--acme--tiny-vlm', [ONE]);
      const found = { dir: join(here, path, 'snapshots', ONE), name: 'acme/tiny-vlm', revision: ONE };
      for (const given of [path, `${path}/`, `${path}/snapshots`, `${path}/snapshots/${ONE}`])
        expect(await modelFolder(given, 'auto', here)).toEqual(found);
    });
    test('of several commits the one that main names is meant', async () => {
      const path = cache('models--acme--moved', [ONE, TWO], TWO);
      expect(await modelFolder(path, 'auto', here)).toMatchObject({ name: 'acme/moved', revision: TWO });
    });
    test('several without a main are named, and one must be chosen', async () => {
      const path = cache('models--acme--several', [ONE, TWO]);
      await expect(modelFolder(path, 'auto', here)).rejects.toThrow(
        `--model: acme/several lies in the hub's cache in several revisions (${ONE}, ${TWO}): name the folder of one`,
      );
      expect(await modelFolder(`${path}/snapshots/${ONE}`, 'auto', here)).toMatchObject({ revision: ONE });
    });
    test('a model of one name has no owner', async () => {
      expect((await modelFolder(cache('models--gpt-vision', [ONE]), 'auto', here)).name).toBe('gpt-vision');
    });
  });
  test('a config.json that is cut is not', async () => {
    const path = folder('cut', '{"rope": NaN, ');
    await expect(modelFolder(path, 'auto', here)).rejects.toThrow('is not valid JSON');
  });
});

describe('--judge', () => {
  const judge = fileURLToPath(new URL('../../../public/models/phantom-judge', import.meta.url));

  /** The judge's folder with only these files of it, and others that are empty. */
  function folder(name: string, kept: readonly string[], more: readonly string[] = []): string {
    const dir = join(here, name);
    mkdirSync(join(dir, 'onnx'), { recursive: true });
    for (const file of kept) cpSync(join(judge, file), join(dir, file));
    for (const file of more) writeFileSync(join(dir, file), '');
    return name;
  }

  test('a text model in the ONNX layout', async () => {
    expect(await judgeFolder(judge, 'q4', here)).toEqual({ dir: judge, name: 'phantom-judge', revision: null });
    expect(await judgeFolder('self', 'auto', here)).toBeNull();
  });

  const small = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
  test.each([
    [
      'a PyTorch folder',
      () => folder('torch', small, ['model.safetensors']),
      /holds model\.safetensors and no onnx\/model\.onnx/,
    ],
    [
      'a vision-language model',
      () => folder('vlm', small, ['onnx/vision_encoder.onnx', 'onnx/decoder_model_merged.onnx']),
      /vision-language model/,
    ],
    [
      'no tokenizer',
      () => folder('words', ['config.json', 'tokenizer_config.json'], ['onnx/model.onnx']),
      /no tokenizer\.json/,
    ],
    ['no chat template', () => folder('mute', small.slice(0, 2), ['onnx/model.onnx']), /no chat template/],
    ['no such folder', () => 'nowhere', /there is no folder nowhere/],
  ])('%s is refused before a browser is started', async (_what, make, said) => {
    await expect(judgeFolder(make(), 'auto', here)).rejects.toThrow(said);
  });

  test('a dtype that it has not is refused, naming those that it has', async () => {
    await expect(judgeFolder(judge, 'q4f16', here)).rejects.toThrow('it has fp32, q4');
  });
});
