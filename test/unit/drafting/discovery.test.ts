import { describe, expect, it } from 'vitest';
import { discoverCategories } from '../../../src/app/discover-categories.ts';
import { readDiscovered } from '../../../src/core/drafting/discovery.ts';
import { fail, fault, ok } from '../../../src/core/fault.ts';
import type { GenerateRequest } from '../../../src/engines/text.ts';

const SAME = ['Cerebral', 'Head and Neck', 'Vascular'];

describe('a reply to the discovery of categories', () => {
  it.each([
    ['a numbered list', '1. Cerebral\n2. Head and Neck\n3. Vascular'],
    [
      'bold names with explanations',
      'Sure:\n\n1. **Cerebral**: brain\n2. **Head and Neck** - the neck\n3. **Vascular** (captions 3, 9)',
    ],
    [
      'captions below each',
      '1. **Cerebral**\n   - Caption 1\n   - Caption 4\n2. **Head and Neck**\n   - Caption 2\n3. **Vascular**\n   - Caption 3',
    ],
    ['headings', '### Cerebral\nCaption 1, 4\n### Head and Neck\nCaption 2\n### Vascular\nCaption 3'],
    ['one line', 'Categories: Cerebral, Head and Neck, Vascular.'],
    ['JSON', '```json\n{"Cerebral": [1, 4], "Head and Neck": [2], "Vascular": [3]}\n```'],
    ['a JSON list', '{"categories": ["Cerebral", "Head and Neck", "Vascular", "cerebral"]}'],
    ['a thought before', '<think>1. Foo\n2. Bar</think>\n- Cerebral\n- Head and Neck\n- Vascular\n- Vascular'],
    [
      'numbered categories',
      'Category 1: Cerebral\n'.replace(/^/, '- ') + '- Category 2: Head and Neck\n- Category 3: Vascular',
    ],
  ])('%s', (_, reply) => expect(readDiscovered(reply).map((c) => c.replace('cerebral', 'Cerebral'))).toEqual(SAME));

  it('names nothing where it is prose, empty, or ends in a thought', () => {
    for (const reply of ['', 'I cannot see any images.', '<think>\n1. Cerebral'])
      expect(readDiscovered(reply)).toEqual([]);
  });
});

describe('the discovery', () => {
  const ask = (captions: readonly (string | null)[], most: number) => {
    const asked: GenerateRequest[] = [];
    const generate = (request: GenerateRequest) => {
      asked.push(request);
      const lines = request.prompt.user.split('\n').length - 1;
      return Promise.resolve(
        lines > most
          ? fail(fault('bad-prompt', 'Too long.'))
          : ok({ text: '1. Cerebral\n2. Spinal', tokens: 5, ended: 'model' as const }),
      );
    };
    const found = discoverCategories(
      captions,
      { engine: { generate }, controlTokens: ['<|end|>'] },
      new AbortController().signal,
    );
    return { asked, found };
  };

  it('shows each caption once, at most 100, none with a control token', async () => {
    const { asked, found } = ask(
      [null, 'a', 'a', ' ', 'b <|end|>', ...Array.from({ length: 120 }, (_, i) => `c${i}`)],
      100,
    );
    expect(await found).toMatchObject({ categories: ['Cerebral', 'Spinal'], captions: 100 });
    expect(asked[0]?.prompt.user).toContain('\nCaption 1: a\nCaption 2: c0\n');
    expect(asked[0]?.prompt.user).not.toContain('<|end|>');
  });

  it('shows half where the context is too short, and ends where one is too much', async () => {
    const all = Array.from({ length: 8 }, (_, i) => `c${i}`);
    const { asked, found } = ask(all, 3);
    expect(await found).toMatchObject({ captions: 2 });
    expect(asked).toHaveLength(3);
    await expect(ask(all, 0).found).rejects.toThrow('Too long.');
    await expect(ask([null, ''], 9).found).rejects.toThrow('There is no caption');
  });
});
