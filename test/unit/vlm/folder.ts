import { isObject } from '../../../src/core/json.ts';
import { familyOf } from '../../../src/core/models/families/registry.ts';
import type { Family, FamilyFiles, PromptImage } from '../../../src/core/models/families/types.ts';
import type { PromptSet } from '../../../src/core/prompts/types.ts';
import { loadTemplate } from '../../../workers/language/template.ts';
import { createTokenizer, type Tokenizer } from '../../../workers/language/tokenizer.ts';
import { folderFiles } from '../language/folder.ts';

/* What tests of prompts ask, and the model folders they ask. */

export const Q = {
  pair: 'p1',
  image: 1 as const,
  question: 'On which side?',
  options: { A: 'left', B: 'right' },
  methods: [],
};
export const PLAIN: PromptImage = { rows: 2, layout: { tiles: 1, rows: 0, cols: 0, grid: null, tokens: null } };
export const SET: PromptSet = { name: 'set', system: null, prompts: { letter: '{q}\nA: {a}\nB: {b}', open: '{q}' } };

/** What a model folder says of its prompts. */
export async function modelFolder(
  path: string,
): Promise<{ readonly files: FamilyFiles; readonly tokenizer: Tokenizer; readonly family: Family }> {
  const folder = folderFiles(path);
  const files = {
    config: await folder.json('config.json'),
    processor: await folder.json('processor_config.json'),
    preprocessor: await folder.json('preprocessor_config.json'),
    tokenizerConfig: await folder.json('tokenizer_config.json'),
  };
  const vocabulary = await folder.json('tokenizer.json');
  if (!isObject(vocabulary)) throw new Error(`${path} has no tokenizer.json.`);
  const tokenizer = createTokenizer(vocabulary, files.tokenizerConfig, await loadTemplate(folder));
  const found = familyOf(files.config);
  if (!found.ok) throw new Error(found.fault.message);
  return { files, tokenizer, family: found.value };
}
