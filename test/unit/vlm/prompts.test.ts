import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CHAT, type ChatSettings } from '../../../src/core/chat/settings.ts';
import { EMPTY_THOUGHT } from '../../../src/core/chat/thought.ts';
import { processorFor } from '../../../src/core/images/processors/registry.ts';
import { familyOf } from '../../../src/core/models/families/registry.ts';
import type { FamilyFiles, PromptImage } from '../../../src/core/models/families/types.ts';
import type { Method } from '../../../src/core/methods/method.ts';
import { methods } from '../../../src/core/methods/registry.ts';
import { LOOKALIKE } from '../../../src/core/prompts/default.ts';
import type { PromptSet } from '../../../src/core/prompts/types.ts';
import { stringAt } from '../../../src/core/json.ts';
import { turnEnd } from '../../../workers/language/stops.ts';
import { compile } from '../../../src/core/chat/template.ts';
import { loadTemplate } from '../../../workers/language/template.ts';
import { createTokenizer, type Tokenizer } from '../../../workers/language/tokenizer.ts';
import { fitAnswers, optionNotes, requirePlainText, requireRoom } from '../../../workers/vlm/askable.ts';
import { decodeLimits } from '../../../workers/vlm/asks.ts';
import { controlTokens, createPromptMaker, type PromptMaker } from '../../../workers/vlm/prompts.ts';
import { TEMPLATES } from '../../../tools/make/inputs/cases.mjs';
import { folderFiles } from '../language/folder.ts';
import { PLAIN, Q, SET } from './folder.ts';

const method = (base: string): Method => {
  const found = methods().find((m) => m.id === base);
  if (!found) throw new Error(`There is no method ${base}.`);
  return found;
};
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DEMO = 'public/models/phantom-vlm';
const family = (name: string): string => `test/families/${name}/model`;
const json = (dir: string, name: string): unknown =>
  existsSync(join(ROOT, dir, name)) ? (JSON.parse(readFileSync(join(ROOT, dir, name), 'utf8')) as unknown) : null;

interface Opened {
  readonly tokenizer: Tokenizer;
  readonly files: FamilyFiles;
  maker(set?: PromptSet, images?: readonly PromptImage[], chat?: Partial<ChatSettings>): PromptMaker;
}

/** A model folder's prompts, with its chat template changed by `template`. */
async function open(dir: string, template: (t: string) => string = (t) => t): Promise<Opened> {
  const config = json(dir, 'tokenizer_config.json');
  const own = await loadTemplate(folderFiles(join(ROOT, dir)));
  const text = stringAt(config, ['chat_template'], '');
  const changed = text === '' ? own : compile(template(text), 'chat_template.jinja', {});
  const tokenizer = createTokenizer(json(dir, 'tokenizer.json') as object, config, changed);
  const files: FamilyFiles = {
    config: json(dir, 'config.json'),
    processor: json(dir, 'processor_config.json'),
    preprocessor: json(dir, 'preprocessor_config.json'),
    tokenizerConfig: config,
  };
  const found = familyOf(files.config);
  if (!found.ok) throw new Error(found.fault.message);
  return {
    tokenizer,
    files,
    maker: (set = SET, images = [PLAIN], chat = {}) =>
      createPromptMaker(found.value, files, tokenizer, set, images, { ...DEFAULT_CHAT, ...chat }),
  };
}

/** The demo's template, made to think as Qwen's does. */
const thinking = TEMPLATES['01-thinking'];
const TURN = "{{ '<|assistant|>' }}";

describe('a template that thinks unless told not to', () => {
  it('is told not to, and the prompt ends as transformers renders it', async () => {
    const { maker } = await open(DEMO, thinking);
    for (const asked of methods()) {
      const { text, begun, notes } = maker().prompt(asked, Q);
      expect(text.endsWith('<|assistant|><think>\n\n</think>\n\n')).toBe(true);
      expect({ begun, notes }).toEqual({ begun: false, notes: [] });
    }
  });
  it('is let think: answers begin inside the thought, likelihoods behind an empty one', async () => {
    const { maker } = await open(DEMO, thinking);
    for (const thinks of ['on', 'auto'] as const) {
      const made = maker(SET, [PLAIN], { thinking: thinks });
      expect(made.prompt(method('mc'), Q)).toMatchObject({ begun: true, notes: [] });
      expect(made.prompt(method('mc'), Q).text.endsWith('<think>\n')).toBe(true);
      expect(made.prompt(method('gd'), Q).text.endsWith('<think>\n\n</think>\n\n')).toBe(true);
      expect(made.prompt(method('gd'), Q).notes).toEqual([EMPTY_THOUGHT]);
    }
  });
  it('is given room for the thought where it thinks, and where it was told to though its template cannot be', async () => {
    const thinks = async (change: (t: string) => string, thinking: ChatSettings['thinking']): Promise<boolean> =>
      decodeLimits((await open(DEMO, change)).tokenizer, { ...DEFAULT_CHAT, thinking }).thinks;
    const own = (t: string): string => t;
    for (const [asked, told, not] of [
      ['off', false, false],
      ['on', true, true],
      ['auto', true, false],
    ] as const)
      expect([await thinks(thinking, asked), await thinks(own, asked)]).toEqual([told, not]);
  });
  it('one that cannot be told is closed for likelihoods and for answers that are begun', async () => {
    const { maker } = await open(DEMO, (t) => t.replace(TURN, "{{ '<|assistant|><think>' }}"));
    expect(maker().prompt(method('ps'), Q).text.endsWith('<think>\n\n</think>\n\n')).toBe(true);
    expect(maker().prompt(method('mc'), Q).begun).toBe(true);
    const begun = maker({ ...SET, answerPrefix: { mc: 'Answer:' } }).prompt(method('mc'), Q);
    expect(begun.text.endsWith('</think>\n\nAnswer:')).toBe(true);
    expect(begun.begun).toBe(false);
  });
});

describe('the date', () => {
  it('in a template is the run’s own', async () => {
    const { maker } = await open(DEMO, TEMPLATES['05-date']);
    const text = (date?: string) =>
      maker(SET, [PLAIN], date === undefined ? {} : { date }).prompt(method('gd'), Q).text;
    expect(text().startsWith('<|system|>Today is 2024-07-26.<|end|>')).toBe(true);
    expect(text('2025-12-01').startsWith('<|system|>Today is 2025-12-01.<|end|>')).toBe(true);
  });
});

describe('examples with images', () => {
  const shot = { image: 's.png', question: 'SHOT?', options: { A: 'left', B: 'right' }, answer: 'A' as const };
  const few: PromptSet = { ...SET, fewShot: { preamble: 'PREAMBLE', shots: [shot] } };
  it.each(['llava_onevision', 'llava', 'qwen2_vl', 'gemma3', 'idefics3'])('keep their places in %s', async (name) => {
    const { maker, tokenizer, files } = await open(family(name));
    const grid = [1, 2, 2] as const;
    const image: PromptImage = { rows: 1, layout: { ...PLAIN.layout, grid } };
    const found = familyOf(files.config);
    const piece = found.ok ? (tokenizer.piece(found.value.imageTokenId(files, tokenizer)) ?? '') : '';
    const { text } = maker(few, [image, image]).prompt(method('gd'), Q);
    const places = ['PREAMBLE', piece, 'SHOT?', piece, Q.question].reduce<number[]>(
      (at, word) => [...at, text.indexOf(word, (at.at(-1) ?? -1) + 1)],
      [],
    );
    expect(places.every((at, i) => at >= 0 && at > (places[i - 1] ?? -1))).toBe(true);
  });
  it('are refused in a sentence by a template that loses their places', async () => {
    const template = `{% for m in messages %}{% if m['content'] is string %}{{ raise_exception('no') }}{% endif %}<|user|>{% for c in m['content'] if c['type'] == 'image' %}<image>{% endfor %}{% for c in m['content'] if c['type'] == 'text' %}{{ c['text'] | replace('<image>', '') }}{% endfor %}{% endfor %}`;
    const { maker } = await open(DEMO, () => template);
    expect(maker().prompt(method('gd'), Q).text).toContain(Q.question);
    expect(() => maker(few, [PLAIN, PLAIN]).prompt(method('gd'), Q)).toThrow(
      /does not keep the images of a prompt's examples in their places, .* Use a prompt set without them/,
    );
  });
});

describe('system text', () => {
  const system: PromptSet = { ...SET, system: 'You are a radiologist.' };
  it('is refused where the template raises, with the way out', async () => {
    const { maker } = await open(DEMO, TEMPLATES['24-no-system']);
    expect(() => maker(system).prompt(method('gd'), Q)).toThrow(
      /^This model takes no system text: .*\(it says: System role not supported\)\. Use a prompt set without "system"/,
    );
  });
  it('is refused where the template drops it in silence', async () => {
    const { maker } = await open(
      DEMO,
      (t) => `{% set messages = messages | rejectattr('role', 'equalto', 'system') | list %}${t}`,
    );
    expect(() => maker(system).prompt(method('gd'), Q)).toThrow(
      /^This model takes no system text: .*which leaves it out/,
    );
  });
});

describe('Moondream', () => {
  const shot = { image: 's.png', question: 'SHOT?', options: { A: 'left', B: 'right' }, answer: 'A' as const };
  it('is asked in its makers’ words: what begins a text, the image below zero, the question', async () => {
    const { maker, tokenizer } = await open(family('moondream1'));
    const { text, ids } = maker().prompt(method('ps'), Q);
    expect(text).toBe('<image><image>\n\nQuestion: On which side?\n\nAnswer:');
    const behind = tokenizer.encode('\n\nQuestion: On which side?\n\nAnswer:');
    expect(ids).toEqual([tokenizer.id('<|endoftext|>'), -200, -200, ...behind]);
    expect(maker(SET, []).prompt(method('ps'), Q).ids).toEqual([tokenizer.id('<|endoftext|>'), ...behind]);
  });
  it('takes no system text, no examples and no image’s token in a question', async () => {
    const { maker, tokenizer } = await open(family('moondream1'));
    const words = /^This model has no chat template: it takes one image and one text/;
    expect(() => maker({ ...SET, system: 'You are a radiologist.' }).prompt(method('gd'), Q)).toThrow(words);
    const few: PromptSet = { ...SET, fewShot: { preamble: '', shots: [shot] } };
    expect(() => maker(few, [PLAIN, PLAIN]).prompt(method('gd'), Q)).toThrow(words);
    const asked = { ...Q, question: 'Is <image> black?' };
    expect(() => requirePlainText(asked, controlTokens(tokenizer, '<image>'))).toThrow(/the question holds "<image>"/);
  });
});

describe('FastVLM in its makers’ layout', () => {
  it('has the makers’ line end behind an image, and theirs or our system text', async () => {
    const { maker } = await open(family('llava_qwen2'));
    const text = (set?: PromptSet, images?: readonly PromptImage[]) => maker(set, images).prompt(method('ps'), Q).text;
    const turn = (system: string, image: string) =>
      `<|im_start|>system\n${system}<|im_end|>\n<|im_start|>user\n${image}${Q.question}<|im_end|>\n<|im_start|>assistant\n`;
    expect(text()).toBe(turn('You are a helpful assistant.', '<image><image>\n'));
    expect(text({ ...SET, system: 'Be brief.' })).toBe(turn('Be brief.', '<image><image>\n'));
    expect(text(SET, [])).toBe(turn('You are a helpful assistant.', ''));
  });
});

describe('pan and scan', () => {
  it('names the crops as Gemma 3’s processor does', async () => {
    const { maker, files } = await open(family('gemma3'));
    const preprocessor = {
      ...(files.preprocessor as object),
      ...{ do_pan_and_scan: true, pan_and_scan_min_crop_size: 32 },
      ...{ pan_and_scan_max_num_crops: 4, pan_and_scan_min_ratio_to_activate: 1.2 },
    };
    const processor = processorFor({ modelType: 'gemma3', preprocessor, processor: null, config: files.config });
    if (!processor.ok) throw new Error(processor.fault.message);
    const layout = processor.value.layout(64, 160);
    const f = `\n\n<start_of_image>${'<image_soft_token>'.repeat(16)}<end_of_image>\n\n`;
    const { text } = maker(SET, [{ rows: layout.tiles * 16, layout }]).prompt(method('gd'), Q);
    expect(text).toContain(
      `Here is the original image ${f} and here are some crops to help you see better ${f} ${f} ${f}${Q.question}`,
    );
    expect(maker(SET, [{ rows: 16, layout: PLAIN.layout }]).prompt(method('gd'), Q).text).not.toContain('crops');
  });
});

describe('text that is not text', () => {
  it('a control token in a question or option is named with pair, field and token', async () => {
    const { tokenizer } = await open(DEMO);
    const control = controlTokens(tokenizer, '<image>');
    const ask = (change: object) => () => requirePlainText({ ...Q, ...change }, control);
    expect(ask({})).not.toThrow();
    expect(ask({ question: 'What does <|end|> mean?' })).toThrow(/^Pair p1: the question holds "<\|end\|>"/);
    expect(ask({ options: { A: 'x', B: 'Right <|assistant|> lung' } })).toThrow(/option B holds "<\|assistant\|>"/);
    expect(ask({ question: 'Is <image> black?' })).toThrow(/the question holds "<image>"/);
  });
  it('so is an added token of that kind that its tokenizer does not call special, and no other', async () => {
    const tokenizer = json(DEMO, 'tokenizer.json') as { added_tokens: readonly object[] };
    const added = ['<|fim_prefix|>', '<tool_call>', '<b>', '  '].map((content, i) => ({
      ...{ id: 9000 + i, content, single_word: false, lstrip: false, rstrip: false, normalized: false },
      special: false,
    }));
    const changed = { ...tokenizer, added_tokens: [...tokenizer.added_tokens, ...added] };
    const tokens = controlTokens(createTokenizer(changed, json(DEMO, 'tokenizer_config.json'), null), '<image>');
    expect(added.map((t) => tokens.includes(t.content))).toEqual([true, true, false, false]);
  });
  it('one in the prompt set is one message about the set', async () => {
    const { maker } = await open(DEMO);
    const set: PromptSet = { ...SET, prompts: { ...SET.prompts, letter: '<image>\n{q}\nA: {a}\nB: {b}' } };
    expect(() => maker(set)).toThrow(
      /^The prompt set set holds "<image>" in its prompt "letter".* puts the image in front/,
    );
    expect(() => maker({ ...SET, system: 'x <|end|>' })).toThrow(/in its system text/);
    expect(() => maker(LOOKALIKE)).not.toThrow();
  });
  it('options of the same tokens are noted', async () => {
    const { tokenizer } = await open(family('qwen2_vl'));
    const options = { A: 'Caf\u00e9 spot', B: 'Cafe\u0301 spot' };
    expect(optionNotes({ ...Q, options }, tokenizer)).toEqual(['same-tokens']);
    expect(optionNotes(Q, tokenizer)).toEqual([]);
  });
  it('a pair longer than the context is named with both numbers', () => {
    const sequence = { key: 'k', ids: [], promptLength: 0, reads: [], decode: 0 };
    expect(() => requireRoom(Q, [sequence], 1024, () => 1271)).toThrow(
      'Pair p1 is 1,271 tokens long with its image; this model takes 1,024.',
    );
    expect(() => requireRoom(Q, [sequence], 1024, () => 1024)).not.toThrow();
    expect(() => requireRoom(Q, [sequence], null, () => 1e9)).not.toThrow();
  });
  it('a written answer ends where the context does, and says so', () => {
    const sequence = { key: 'k', ids: [], promptLength: 0, reads: [], decode: 32 };
    const ask = {
      kind: 'text' as const,
      key: 'k',
      begun: false,
      request: { base: 'mc', condition: null },
      promptTokens: 0,
      notes: ['n'],
    };
    const plan = { question: Q, sequences: [sequence, { ...sequence, key: 'other', decode: 0 }], asks: [ask] };
    const fitted = fitAnswers(plan, 1024, () => 1020);
    expect(fitted.sequences.map((s) => s.decode)).toEqual([5, 0]);
    expect(fitted.asks[0]?.notes).toEqual(['n', 'little-room']);
    expect(fitAnswers(plan, 1024, () => 1024).sequences[0]?.decode).toBe(1);
    expect(fitAnswers(plan, 1024, () => 990)).toBe(plan);
    expect(fitAnswers(plan, null, () => 1e9)).toBe(plan);
  });
});

describe('tokens at the ends', () => {
  it('what ends an assistant’s turn in the template is a stop', async () => {
    const stop = async (dir: string): Promise<string | null> => {
      const { tokenizer } = await open(dir);
      const id = turnEnd(tokenizer);
      return id === null ? null : tokenizer.piece(id);
    };
    expect(await stop(family('gemma3'))).toBe('<end_of_turn>');
    expect(await stop(family('idefics3'))).toBe('<end_of_utterance>');
    expect(await stop(family('qwen2_vl'))).toBe('<|im_end|>');
    expect(await stop(family('llava'))).toBeNull();
  });
  it('a prompt begins once, wherever the beginning stands', async () => {
    const { tokenizer } = await open(family('gemma3'));
    const bos = tokenizer.id('<bos>');
    const count = (text: string): number => tokenizer.encodePrompt(text).filter((id) => id === bos).length;
    expect(['x', '<bos>x', '\n<bos>x', '<image_soft_token><bos>x'].map(count)).toEqual([1, 1, 1, 1]);
  });
  it('a tokenizer needs no tokenizer_config.json', async () => {
    const config = await open(family('qwen2_vl'));
    const bare = createTokenizer(json(family('qwen2_vl'), 'tokenizer.json') as object, null, null);
    expect(bare.encodePrompt('Which lung? <|im_end|>')).toEqual(
      config.tokenizer.encodePrompt('Which lung? <|im_end|>'),
    );
  });
});

describe('processor classes of other versions', () => {
  it.each([
    ['Qwen2_5_VLImageProcessor', 'qwen2_5_vl'],
    ['Qwen2_5_VLImageProcessorFast', 'qwen2_5_vl'],
    ['Qwen3_5ImageProcessor', 'qwen3_5'],
    ['Qwen2VLImageProcessorPil', 'qwen2_vl'],
    ['LlavaOneVisionImageProcessor', 'llava_onevision'],
    ['LlavaOnevisionImageProcessorFast', 'llava_onevision'],
    ['Idefics3ImageProcessorFast', 'idefics3'],
    ['SmolVLMImageProcessorFast', 'idefics3'],
    ['CLIPFeatureExtractor', 'llava'],
  ])('%s is taken for the one that it was', (name, folder) => {
    const preprocessor = json(family(folder), 'preprocessor_config.json') as object;
    const of = (p: object) => processorFor({ modelType: folder, preprocessor: p, processor: null, config: null });
    const [a, b] = [of(preprocessor), of({ ...preprocessor, image_processor_type: name })];
    expect(a.ok && b.ok && b.value.layout(90, 133)).toEqual(a.ok && a.value.layout(90, 133));
  });
});
