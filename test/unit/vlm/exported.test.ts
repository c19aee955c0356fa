import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CHAT } from '../../../src/core/chat/settings.ts';
import { processorFor } from '../../../src/core/images/processors/registry.ts';
import { isObject } from '../../../src/core/json.ts';
import { GD } from '../../../src/core/methods/gd.ts';
import { PS } from '../../../src/core/methods/ps.ts';
import type { Family } from '../../../src/core/models/families/types.ts';
import { createPromptMaker } from '../../../workers/vlm/prompts.ts';
import { modelFolder } from './folder.ts';

const ROOT = join(import.meta.dirname, '..', '..', 'families');
/** Families in session layouts of their own. */
const LAID_OUT = ['multi_modality', 'phi3_v'];
/** Families whose folders are written by tools/export, and those of public exports that transformers does not have. */
const EXPORTED = [
  ...['llava_next', 'internvl', 'paligemma', 'blip-2', 'instructblip', 'mllama', 'janus', 'gemma3n', 'gemma4'],
  ...['qwen2_5_vl', 'qwen3_vl-exported', 'qwen3_vl_moe', 'smolvlm', 'mistral3', 'molmo2', 'fast_vlm'],
  ...['moondream1', 'llava_qwen2', 'qwen3_5_moe'],
];

interface Item {
  /** Width and height of its image. */
  readonly image_size: readonly [number, number];
  readonly gd_ids: readonly number[];
  readonly ps_ids: readonly number[];
  readonly ps: Readonly<Record<'A' | 'B', { readonly tokens: readonly number[]; readonly start: number }>>;
}
/** The question without its image. */
interface Blind {
  readonly ids: readonly number[];
  readonly A: { readonly tokens: readonly number[] };
  readonly B: { readonly tokens: readonly number[] };
}
interface Reference {
  readonly text_only?: Readonly<Record<string, Blind>>;
  readonly prompts: { readonly letter: string; readonly open: string };
  readonly items: Readonly<Record<string, Readonly<Record<'im_1' | 'im_2', Item>>>>;
}
const json = <T>(...path: string[]): T => JSON.parse(readFileSync(join(ROOT, ...path), 'utf8')) as T;

async function opened(name: string) {
  const { files, tokenizer, family: own } = await modelFolder(join(ROOT, name, 'model'));
  // PaliGemma's exports by tools/export read their prompts both ways.
  const family: Family = own.prompt === 'settled' ? { ...own, prompt: 'whole' } : own;
  const processor = processorFor({ modelType: family.type, ...files });
  if (!processor.ok) throw new Error(processor.fault.message);
  const reference = json<Reference>(name, 'reference.json');
  const image = family.imageTokenId(files, tokenizer);
  const maker = (item: Item) => {
    const rows = item.gd_ids.filter((id) => id === image).length;
    const set = { name: 'set', system: null, prompts: reference.prompts };
    const [width, height] = item.image_size;
    const layout = processor.value.layout(height, width);
    return createPromptMaker(family, files, tokenizer, set, [{ layout, rows }], DEFAULT_CHAT);
  };
  const unseen = { name: 'set', system: null, prompts: reference.prompts };
  const blind = createPromptMaker(family, files, tokenizer, unseen, [], DEFAULT_CHAT);
  return { reference, maker, blind };
}

describe('prompts of exported families', () => {
  it.each([...EXPORTED, ...LAID_OUT])(
    'of %s have the ids of its processor, and so have the options behind them',
    async (name) => {
      const { reference, maker } = await opened(name);
      const rows = json<Record<string, Record<string, string>>>(name, 'benchmark', 'data', 'dataset.json');
      for (const [pair, items] of Object.entries(reference.items))
        for (const item of [items.im_1, items.im_2]) {
          const row = rows[pair];
          if (!isObject(row)) throw new Error(`No pair ${pair}.`);
          const options = { A: row['option_A'] ?? '', B: row['option_B'] ?? '' };
          const question = { pair, image: 1 as const, question: row['question'] ?? '', options, methods: [] };
          const prompts = maker(item);
          expect(prompts.prompt(GD, question).ids).toEqual(item.gd_ids);
          const open = prompts.prompt(PS, question);
          expect(open.ids).toEqual(item.ps_ids);
          for (const letter of ['A', 'B'] as const) {
            const { start, tokens } = prompts.withOption(open, options[letter]);
            expect({ start, tokens }).toEqual({ start: item.ps[letter].start, tokens: item.ps[letter].tokens });
          }
        }
    },
  );

  it.each(['moondream1', 'llava_qwen2'])('of %s have its makers’ ids without an image, too', async (name) => {
    const { reference, blind } = await opened(name);
    const rows = json<Record<string, Record<string, string>>>(name, 'benchmark', 'data', 'dataset.json');
    const asked = Object.entries(reference.text_only ?? {});
    expect(asked.length).toBe(Object.keys(rows).length);
    for (const [pair, due] of asked) {
      const options = { A: rows[pair]?.['option_A'] ?? '', B: rows[pair]?.['option_B'] ?? '' };
      const question = { pair, image: 1 as const, question: rows[pair]?.['question'] ?? '', options, methods: [] };
      const open = blind.prompt(PS, question);
      expect(open.ids).toEqual(due.ids);
      for (const letter of ['A', 'B'] as const)
        expect(blind.withOption(open, options[letter]).tokens).toEqual(due[letter].tokens);
    }
  });

  it('of InstructBLIP are one run each, and its Q-Former reads the text without the image', async () => {
    const { reference, maker } = await opened('instructblip');
    const item = Object.values(reference.items)[0]?.im_1;
    if (!item) throw new Error('The reference is empty.');
    const prompts = maker(item);
    const question = { pair: 'p', image: 1 as const, question: 'Where?', options: { A: 'a', B: 'b' }, methods: [] };
    expect([prompts.whole, prompts.reads]).toEqual([true, true]);
    expect(prompts.prompt(PS, question).instruction).toBe(reference.prompts.open.replace('{q}', 'Where?'));
  });
});
