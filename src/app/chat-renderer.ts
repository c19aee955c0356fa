import { Environment, Interpreter, Template } from '@huggingface/jinja';
import { strftime } from '../core/chat/date.ts';
import { FIXED_DATE } from '../core/chat/settings.ts';
import { fault, FaultError } from '../core/fault.ts';
import { at } from '../core/json.ts';
import type { ChatPrompt } from '../core/servers/chat.ts';
import type { ServerTemplate } from '../core/servers/config.ts';
import { textAt } from '../core/servers/exchange.ts';
import type { ChatRenderer } from '../engines/remote/adapter.ts';

/** Special tokens that templates name. */
const NAMED = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'];

/** The files of a model's folder that may hold its chat template. */
export interface TemplateParts {
  /** chat_template.jinja. */
  readonly jinja: string | null;
  /** chat_template.json, processor_config.json, tokenizer_config.json, in that order. */
  readonly configs: readonly unknown[];
}

/** A folder's chat template with the special tokens that it names; null where it has none. */
export function templateOf({ jinja, configs }: TemplateParts): ServerTemplate | null {
  const text = jinja ?? configs.map((c) => textAt(c, 'chat_template')).find((t) => t !== null) ?? null;
  if (text === null) return null;
  const tokens = NAMED.flatMap((name) => {
    const value = configs.map((c) => textAt(c, name) ?? textAt(at(c, name), 'content')).find((t) => t !== null);
    return value === undefined || value === null ? [] : [[name, value] as const];
  });
  return { text, tokens: Object.fromEntries(tokens) };
}

/**
 * Renders conversations as the server's own template does, which is the model's.
 * @throws FaultError 'bad-model' for a template that cannot be read
 */
export function rendererOf({ text, tokens }: ServerTemplate): ChatRenderer {
  let template: Template;
  try {
    template = new Template(text);
  } catch (e) {
    throw unreadable(e);
  }
  return {
    template: text,
    bos: tokens['bos_token'] ?? null,
    render: (prompt) => {
      const env = globals();
      const values = { ...SAID, ...tokens, ...thinking(prompt), messages: messages(prompt) };
      for (const [name, value] of Object.entries(values)) env.set(name, value);
      try {
        const written = at(new Interpreter(env).run(template.parsed), 'value');
        if (typeof written === 'string') return written;
      } catch (e) {
        throw unreadable(e);
      }
      throw unreadable('it renders no text');
    },
  };
}

const SAID = { add_generation_prompt: true, tools: null, documents: null };

function unreadable(e: unknown): FaultError {
  const words = e instanceof Error ? e.message : String(e);
  return new FaultError(
    fault(
      'bad-model',
      `The chat template of the model’s folder cannot be used (${words}). Choose the files of the model that the server has.`,
    ),
  );
}

/** The names that templates may use besides the prompt, with a date that stands still. */
function globals(): Environment {
  const env = new Environment();
  for (const [name, value] of Object.entries({ false: false, true: true, none: null, False: false, True: true }))
    env.set(name, value);
  env.set('None', null);
  env.set('raise_exception', (words: unknown) => {
    throw new Error(String(words));
  });
  env.set('strftime_now', (format: unknown) => strftime(FIXED_DATE, String(format)));
  return env;
}

function thinking({ thinking: told }: ChatPrompt): Readonly<Record<string, boolean>> {
  return told === 'auto' ? {} : { enable_thinking: told === 'on' };
}

function messages({ system, parts }: ChatPrompt): readonly unknown[] {
  const content = parts.map((p) => (p.kind === 'image' ? { type: 'image' } : { type: 'text', text: p.text }));
  return [...(system === null ? [] : [{ role: 'system', content: system }]), { role: 'user', content }];
}
