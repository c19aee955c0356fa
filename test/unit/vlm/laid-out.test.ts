import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CHAT } from '../../../src/core/chat/settings.ts';
import { compile } from '../../../src/core/chat/template.ts';
import { GD } from '../../../src/core/methods/gd.ts';
import { PS } from '../../../src/core/methods/ps.ts';
import { familyOf } from '../../../src/core/models/families/registry.ts';
import type { PromptImage } from '../../../src/core/models/families/types.ts';
import type { PromptSet } from '../../../src/core/prompts/types.ts';
import { createPromptMaker } from '../../../workers/vlm/prompts.ts';
import { modelFolder, PLAIN, Q, SET } from './folder.ts';

/** The prompts of a tiny family in a session layout of its own. */
async function opened(name: string) {
  const { files, tokenizer, family } = await modelFolder(
    join(import.meta.dirname, '..', '..', 'families', name, 'model'),
  );
  const maker = (set: PromptSet = SET, images: readonly PromptImage[] = [PLAIN]) =>
    createPromptMaker(family, files, tokenizer, set, images, DEFAULT_CHAT);
  return { files, tokenizer, maker };
}

describe('a template that writes roles as they are given', () => {
  const set = { ...SET, prompts: { letter: '{q}', open: '{q}' } };
  it('of Janus-Pro is told who asks in its own words, and the image stands in a line of its own', async () => {
    const { maker } = await opened('multi_modality');
    const { text } = maker(set).prompt(GD, Q);
    const image = '<begin_of_image><image_placeholder><image_placeholder><end_of_image>';
    expect(text).toBe(`You are a helpful assistant.\n\n<|User|>: ${image}\nOn which side?\n\n<|Assistant|>:`);
  });
  it('of an older Janus, or one that knows `user`, likewise', async () => {
    const template = (own: string) => (t: string) => t.replace(own, own.replaceAll('|', '').replace(/[<>]/g, ''));
    const role = async (change: (t: string) => string) => {
      const { tokenizer, files } = await opened('multi_modality');
      const changed = compile(change(tokenizer.template?.text ?? ''), 'chat_template.jinja', {});
      const found = familyOf(files.config);
      return found.ok ? found.value.askedBy(changed.text) : '';
    };
    expect(await role(template('<|Assistant|>'))).toBe('User');
    expect(await role((t) => `${t}{% if messages[0]['role'] == 'user' %}{% endif %}`)).toBe('user');
  });
});

describe('texts around images, each tokenised by itself', () => {
  const shot = { image: 's.png', question: 'SHOT?', options: { A: 'left', B: 'right' }, answer: 'A' as const };
  const few: PromptSet = { ...SET, fewShot: { preamble: 'Look.', shots: [shot] } };
  it('begin as any text does, and image tokens that follow each other have none between them', async () => {
    const { maker, tokenizer } = await opened('phi3_v');
    const { text, ids } = maker(few, [PLAIN, PLAIN]).prompt(GD, Q);
    const image = tokenizer.id('<|image|>') ?? -1;
    const begin = tokenizer.id('<s>') ?? -1;
    expect(text.split('<|image|><|image|>')).toHaveLength(3);
    const marks = ids.flatMap((id) => (id === image ? ['image'] : id === begin ? ['begin'] : []));
    expect(marks).toEqual(['begin', 'image', 'image', 'begin', 'image', 'image', 'begin']);
    const [first = '', second = '', third = ''] = text.split('<|image|><|image|>');
    const of = (part: string): readonly number[] => tokenizer.encodeWhole(part);
    expect(ids).toEqual([...of(first), image, image, ...of(second), image, image, ...of(third)]);
  });
  it('are one text where there is no image', async () => {
    const { maker, tokenizer } = await opened('phi3_v');
    const { text, ids } = maker(SET, []).prompt(PS, Q);
    expect(ids).toEqual(tokenizer.encodeWhole(text));
    expect(text).toBe('<|user|>\nOn which side?<|end|>\n<|assistant|>\n');
  });
});
