import { at, integersAt } from '../../src/core/json.ts';
import type { ModelFiles } from './files.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Where greedy decoding stops: every end-of-sequence id that the folder names. */
export async function stopIds(files: ModelFiles, tokenizer: Tokenizer): Promise<ReadonlySet<number>> {
  const generation = await files.json('generation_config.json');
  const config = await files.json('config.json');
  const eos = at(await files.json('tokenizer_config.json'), 'eos_token');
  const piece = typeof eos === 'string' ? eos : at(eos, 'content');
  const id = typeof piece === 'string' ? tokenizer.id(piece) : null;
  return new Set([
    ...integersAt(generation, 'eos_token_id'),
    ...integersAt(config, 'eos_token_id'),
    ...integersAt(config, 'text_config', 'eos_token_id'),
    ...(id === null ? [] : [id]),
  ]);
}
