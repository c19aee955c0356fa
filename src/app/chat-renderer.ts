import { DEFAULT_CHAT } from '../core/chat/settings.ts';
import { compile, type ChatMessage, type ChatTemplate } from '../core/chat/template.ts';
import { fault, FaultError } from '../core/fault.ts';
import { readTemplate } from '../core/jinja/template.ts';
import type { ChatPrompt } from '../core/servers/chat.ts';
import type { ServerTemplate } from '../core/servers/config.ts';
import type { ChatRenderer } from '../engines/remote/adapter.ts';

/**
 * Renders conversations as the server's own template does, which is the model's.
 * @throws FaultError 'bad-model' for a template that cannot be read
 */
export function rendererOf({ text, tokens }: ServerTemplate): ChatRenderer {
  let template: ChatTemplate;
  try {
    readTemplate(text);
    template = compile(text, 'the folder', tokens);
  } catch (e) {
    throw unreadable(e);
  }
  return {
    template: text,
    bos: tokens['bos_token'] ?? null,
    render: (prompt) => {
      try {
        return template.render(messages(prompt), { ...DEFAULT_CHAT, thinking: prompt.thinking });
      } catch (e) {
        throw unreadable(e);
      }
    },
  };
}

function unreadable(e: unknown): FaultError {
  const words = e instanceof Error ? e.message : String(e);
  return new FaultError(
    fault(
      'bad-model',
      `The chat template of the model’s folder cannot be used (${words}). Choose the files of the model that the server has.`,
    ),
  );
}

function messages({ system, parts }: ChatPrompt): readonly ChatMessage[] {
  const content = parts.map((p) =>
    p.kind === 'image' ? { type: 'image' as const } : { type: 'text' as const, text: p.text },
  );
  return [...(system === null ? [] : [{ role: 'system' as const, content: system }]), { role: 'user', content }];
}
