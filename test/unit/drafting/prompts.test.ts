import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCategory, categoryList } from '../../../src/core/drafting/categories.ts';
import { parsedOf } from '../../../src/core/drafting/draft.ts';
import { readReply } from '../../../src/core/drafting/parse.ts';
import {
  captionLength,
  categoryPrompt,
  CATEGORY_LISTS,
  discoveryPrompt,
  draftPrompt,
  leftOut,
  type ChatPrompt,
} from '../../../src/core/drafting/prompts.ts';
import reference from './data/writer-reference.json';

interface DemoPair {
  readonly im_1_local: number;
  readonly im_2_local: number;
  readonly cap_1: string;
  readonly cap_2: string;
}
const dataset = JSON.parse(
  readFileSync(new URL('../../../public/benchmarks/phantoms/data/dataset.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, DemoPair>>;
const captions = new Map<string, string>(
  Object.values(dataset).flatMap((p) => [
    [`${p.im_1_local}.png`, p.cap_1] as const,
    [`${p.im_2_local}.png`, p.cap_2] as const,
  ]),
);
const captionOf = (image: string): string => captions.get(image) ?? '';
/** SHA-256 under the writer's chat template, as the reference has it. */
const rendered = ({ system, user }: ChatPrompt): string =>
  createHash('sha256').update(`<|system|>${system}<|end|><|user|>${user}<|end|><|assistant|>`).digest('hex');

describe('the published prompts, word for word', () => {
  it('A.1 for all 182 pairs of the demo', () => {
    expect(reference.pairs).toHaveLength(182);
    for (const p of reference.pairs)
      expect(rendered(draftPrompt([captionOf(p.im_1), captionOf(p.im_2)]))).toBe(p.prompt_sha256);
  });

  it('A.2 with either list of categories', () => {
    for (const [image, lists] of Object.entries(reference.images))
      for (const list of ['published', 'final'] as const) {
        expect(rendered(categoryPrompt(captionOf(image), CATEGORY_LISTS[list]))).toBe(lists[list].prompt_sha256);
        expect(readCategory(lists[list].reply, CATEGORY_LISTS[list])).toBe(lists[list].reply);
      }
  });

  it('put captions in once, whatever stands in them', () => {
    const { user } = draftPrompt(['a {caption_2} $& b', 'c {caption_1}']);
    expect(user).toContain('Image1: a {caption_2} $& b\nImage2: c {caption_1}\n');
  });

  it('A.2 for finding categories lists at most 100 captions', () => {
    const { user } = discoveryPrompt(Array.from({ length: 120 }, (_, i) => `c${i + 1}`));
    expect(user).toContain('general categories.\nCaption 1: c1\n');
    expect(user.endsWith('Caption 100: c100')).toBe(true);
  });
});

it("reads the writer's replies as its reference does", () => {
  for (const p of reference.pairs) {
    const read = readReply(p.reply);
    expect(parsedOf(read)).toEqual(p.parsed);
    expect(read.kind).toBe(p.parsed === null ? 'none' : 'draft');
  }
});

describe('captions', () => {
  it('are counted in characters', () => expect(captionLength('Größe 🩻')).toBe(7));
  it('of fewer than 100 characters leave the pair out', () => {
    const [short, long] = ['x'.repeat(99), 'x'.repeat(100)];
    expect(leftOut({ captions: [long, long] })).toBeNull();
    expect(leftOut({ captions: [long, short] })).toBe('short');
    expect(leftOut({ captions: [null, long] })).toBe('no-caption');
    expect(leftOut({ captions: [short, short] }, 50)).toBeNull();
  });
});

describe('a category', () => {
  it.each([
    ['Cardiac', 'Cardiac'],
    ['**Cardiac**', 'Cardiac'],
    ['Category: head and neck.', 'Head and Neck'],
    ['This image belongs to Nuclear Medicine.', 'Nuclear Medicine'],
    ['<think>Cardiac?</think>Pulmonary', 'Pulmonary'],
    ['Cardiac or Pulmonary', null],
    ['Dental', null],
    ['Cerebrally', null],
  ])('is read from %j', (reply, category) => expect(readCategory(reply, CATEGORY_LISTS.final)).toBe(category));

  it('list is one of the two published ones, or named', () => {
    expect(categoryList('published')).toHaveLength(10);
    expect(categoryList('final')).toHaveLength(9);
    expect(categoryList('A, B,\nA')).toEqual(['A', 'B']);
    expect(categoryList(' , ')).toBeNull();
  });
});
