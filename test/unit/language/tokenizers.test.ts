import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createTokenizer } from '../../../workers/language/tokenizer.ts';

/** Odd strings and the ids that Hugging Face tokenizers gives them, by family (tools/make/tokenizers/make_tokenizers.py). */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const json = <T>(path: string): T => JSON.parse(readFileSync(ROOT + path, 'utf8')) as T;
const STRINGS = json<readonly string[]>('tokenizers/strings.json');
const FAMILIES = readdirSync(`${ROOT}tokenizers`)
  .map((f) => f.replace('.json', ''))
  .filter((f) => f !== 'strings');

describe('odd strings have the ids of Hugging Face tokenizers', () => {
  it.each(FAMILIES)('%s', (family) => {
    const dir = `families/${family}/model/`;
    const tokenizer = createTokenizer(json<object>(`${dir}tokenizer.json`), json(`${dir}tokenizer_config.json`), null);
    const ids = json<readonly (readonly number[])[]>(`tokenizers/${family}.json`);
    const wrong = STRINGS.flatMap((s, i) => {
      const got = tokenizer.encode(s);
      return JSON.stringify(got) === JSON.stringify(ids[i]) ? [] : [{ text: s, got, due: ids[i] }];
    });
    expect(wrong).toEqual([]);
  });
});
