import { tokenIn } from '../../src/core/chat/control-tokens.ts';
import { DEFAULT_CHAT } from '../../src/core/chat/settings.ts';
import { at, integersAt } from '../../src/core/json.ts';
import type { ModelFiles } from '../onnx/files.ts';
import type { ChatMessage, ChatTemplate } from '../../src/core/chat/template.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Where greedy decoding stops: every end-of-sequence id that the folder names, and what ends an assistant's turn in its chat template. */
export async function stopIds(files: ModelFiles, tokenizer: Tokenizer): Promise<ReadonlySet<number>> {
  const generation = await files.json('generation_config.json');
  const config = await files.json('config.json');
  const eos = at(await files.json('tokenizer_config.json'), 'eos_token');
  const piece = typeof eos === 'string' ? eos : at(eos, 'content');
  const ids = [typeof piece === 'string' ? tokenizer.id(piece) : null, turnEnd(tokenizer)];
  return new Set([
    ...integersAt(generation, 'eos_token_id'),
    ...integersAt(config, 'eos_token_id'),
    ...integersAt(config, 'text_config', 'eos_token_id'),
    ...ids.filter((id) => id !== null),
  ]);
}

/** No text of a template. */
const SAID = 'lookalike0said1this';

/** The control token that a template writes behind what the assistant said; null: it writes none. */
export function turnEnd(tokenizer: Tokenizer): number | null {
  const template = tokenizer.template;
  if (template === null) return null;
  for (const content of [(text: string) => [{ type: 'text' as const, text }], (text: string) => text]) {
    const messages: readonly ChatMessage[] = [
      { role: 'user', content: content('x') },
      { role: 'assistant', content: content(SAID) },
    ];
    const rendered = attempt(template, messages);
    const at = rendered.lastIndexOf(SAID);
    if (at < 0) continue;
    const behind = rendered.slice(at + SAID.length).trimStart();
    const token = tokenIn(
      behind,
      tokenizer.specialTokens.filter((t) => behind.startsWith(t)),
    );
    return token === null ? null : tokenizer.id(token);
  }
  return null;
}

/** '' where the template takes contents of another form. */
function attempt(template: ChatTemplate, messages: readonly ChatMessage[]): string {
  try {
    return template.render(messages, DEFAULT_CHAT, false);
  } catch {
    return '';
  }
}
