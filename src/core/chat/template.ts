import { fault, FaultError } from '../fault.ts';
import { readTemplate, type JinjaTemplate } from '../jinja/template.ts';
import { strftime } from './date.ts';
import type { ChatSettings } from './settings.ts';

export interface ChatMessage {
  /** `system`, `user` or `assistant`, or what a model's template calls the one who asks. */
  readonly role: string;
  readonly content: string | readonly ({ readonly type: 'image' } | { readonly type: 'text'; readonly text: string })[];
}

/** A model's chat template, ready to render. */
export interface ChatTemplate {
  /** The file that it came from. */
  readonly source: string;
  /** It can be told whether to think. */
  readonly knowsThinking: boolean;
  /** As the folder has it. */
  readonly text: string;
  /** It writes today's date. */
  readonly writesDate: boolean;
  /** Ends with the beginning of the assistant's turn unless `turn` is false. Throws what the template raises. */
  render(messages: readonly ChatMessage[], chat: ChatSettings, turn?: boolean): string;
}

/**
 * @param tokens what `bos_token` and the like stand for
 * @throws FaultError 'bad-model' for a template that cannot be read
 */
export function compile(text: string, source: string, tokens: Readonly<Record<string, string>>): ChatTemplate {
  const template = parse(text, source);
  // What stands between tags is text, whatever words it holds.
  const code = [...text.matchAll(/\{[{%][\s\S]*?[%}]\}/g)].join(' ');
  return {
    source,
    knowsThinking: /\b(enable_thinking|thinking)\b/.test(code),
    text,
    writesDate: /\b(strftime_now|date_string)\b/.test(code),
    render: (messages, chat, turn = true) => {
      const values = {
        messages,
        add_generation_prompt: turn,
        tools: null,
        documents: null,
        ...tokens,
        ...thinkingValues(code, chat),
        ...(/\bdate_string\b/.test(code) ? { date_string: strftime(chat.date, '%d %b %Y') } : {}),
      };
      const rendered = write(template, values, chat.date);
      if (writesParts(rendered, messages)) throw new Error(TEXTS_ONLY);
      return rendered;
    },
  };
}

const TEXTS_ONLY = 'it takes texts only, not a list of texts and images';

function write(template: JinjaTemplate, values: Readonly<Record<string, unknown>>, date: string): string {
  try {
    return template.render(values, date);
  } catch (e) {
    const words = e instanceof Error ? e.message : String(e);
    // Python's words for a list where a text is wanted.
    throw new Error(words === 'can only concatenate str (not "list") to str' ? TEXTS_ONLY : words, { cause: e });
  }
}

/** Whether a template wrote out a list of texts and images where it wants a text, as Python or as JSON. */
function writesParts(rendered: string, messages: readonly ChatMessage[]): boolean {
  const signs = ["{'type': 'text'", "{'type': 'image'", '{"type": "text"', '{"type": "image"'];
  const written = signs.filter((part) => rendered.includes(part));
  const said = messages.flatMap(({ content }) =>
    typeof content === 'string' ? [content] : content.flatMap((part) => (part.type === 'text' ? [part.text] : [])),
  );
  return written.some((part) => !said.some((text) => text.includes(part)));
}

function parse(text: string, source: string): JinjaTemplate {
  try {
    return readTemplate(text);
  } catch (e) {
    throw new FaultError(
      fault(
        'bad-model',
        `The chat template in ${source} cannot be read (${e instanceof Error ? e.message : String(e)}): it is broken, or uses a part of Jinja that Lookalike lacks. Put a simpler template into the folder as chat_template.jinja, which comes first.`,
        { file: source },
      ),
    );
  }
}

/** `auto` says nothing, so that the template does what it does by itself. */
function thinkingValues(code: string, { thinking }: ChatSettings): Record<string, boolean> {
  if (thinking === 'auto') return {};
  const value = thinking === 'on';
  return { enable_thinking: value, ...(/\bthinking\b/.test(code) ? { thinking: value } : {}) };
}
