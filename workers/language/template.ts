import { Environment, Interpreter, Template } from '@huggingface/jinja';
import { strftime } from '../../src/core/chat/date.ts';
import type { ChatSettings } from '../../src/core/chat/settings.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import { at, isObject } from '../../src/core/json.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly ({ readonly type: 'image' } | { readonly type: 'text'; readonly text: string })[];
}

/** A model's chat template, ready to render. */
export interface ChatTemplate {
  /** The file that it came from. */
  readonly source: string;
  /** It can be told whether to think. */
  readonly knowsThinking: boolean;
  /** It writes today's date. */
  readonly writesDate: boolean;
  /** Ends with the beginning of the assistant's turn unless `turn` is false. Throws what the template raises. */
  render(messages: readonly ChatMessage[], chat: ChatSettings, turn?: boolean): string;
}

/** Reads the files of a model folder. */
export interface TemplateFiles {
  text(path: string): Promise<string | null>;
  json(path: string): Promise<unknown>;
}

/** Special tokens that templates name (transformers: SPECIAL_TOKENS_ATTRIBUTES). */
const NAMED = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'];

/**
 * The chat template of a folder, wherever it keeps it: a file of its own, chat_template.json, processor_config.json or tokenizer_config.json, alone or in
 * a list of named ones, of which `default` is meant.
 * @returns null: the folder has none
 * @throws FaultError 'bad-model' for a template that cannot be read, or a list without a default
 */
export async function loadTemplate(files: TemplateFiles): Promise<ChatTemplate | null> {
  const found = await findTemplate(files);
  if (found === null) return null;
  const tokens = namedTokens(await files.json('tokenizer_config.json'), await files.json('special_tokens_map.json'));
  return compile(found.text, found.source, tokens);
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
    writesDate: /\b(strftime_now|date_string)\b/.test(code),
    render: (messages, chat, turn = true) => {
      const env = globals(chat);
      const values = {
        messages: structuredClone(messages),
        add_generation_prompt: turn,
        tools: null,
        documents: null,
        ...tokens,
        ...thinkingValues(code, chat),
        ...(/\bdate_string\b/.test(code) ? { date_string: strftime(chat.date, '%d %b %Y') } : {}),
      };
      for (const [name, value] of Object.entries(values)) env.set(name, value);
      const out: unknown = new Interpreter(env).run(template.parsed);
      const rendered = isObject(out) ? out['value'] : null;
      if (typeof rendered !== 'string') throw new Error('it renders no text');
      if (writesParts(rendered, messages)) throw new Error('it takes texts only, not a list of texts and images');
      return rendered;
    },
  };
}

/** Whether a template put a list of texts and images where it wants a text: Python refuses that, the library writes the list out as JSON. */
function writesParts(rendered: string, messages: readonly ChatMessage[]): boolean {
  const written = ['{"type": "text"', '{"type": "image"'].filter((part) => rendered.includes(part));
  const said = messages.flatMap(({ content }) =>
    typeof content === 'string' ? [content] : content.flatMap((part) => (part.type === 'text' ? [part.text] : [])),
  );
  return written.some((part) => !said.some((text) => text.includes(part)));
}

function parse(text: string, source: string): Template {
  try {
    return new Template(text);
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

/** The names that transformers gives to templates (chat_template_utils.py, `_compile_jinja_template`), with a date that stands still. */
function globals({ date }: ChatSettings): Environment {
  const env = new Environment();
  for (const [name, value] of Object.entries({ false: false, true: true, none: null, False: false, True: true }))
    env.set(name, value);
  env.set('None', null);
  env.set('raise_exception', (words: unknown) => {
    throw new Error(String(words));
  });
  env.set('range', range);
  env.set('strftime_now', (format: unknown) => strftime(date, String(format)));
  return env;
}

function range(start: number, stop?: number, step = 1): number[] {
  const [from, to] = typeof stop === 'number' ? [start, stop] : [0, start];
  const by = typeof step === 'number' && step !== 0 ? step : 1;
  const out: number[] = [];
  for (let i = from; by > 0 ? i < to : i > to; i += by) out.push(i);
  return out;
}

function namedTokens(...configs: readonly unknown[]): Readonly<Record<string, string>> {
  const out: Record<string, string> = {};
  const extra = configs.map((c) => at(c, 'extra_special_tokens')).filter(isObject);
  const names = [...NAMED, ...extra.flatMap((e) => Object.keys(e))];
  for (const name of names)
    for (const config of [...configs, ...extra]) {
      const value = at(config, name);
      const text = typeof value === 'string' ? value : at(value, 'content');
      if (typeof text === 'string' && text !== '') out[name] ??= text;
    }
  return out;
}

async function findTemplate(files: TemplateFiles): Promise<{ readonly text: string; readonly source: string } | null> {
  const jinja = await files.text('chat_template.jinja');
  if (jinja !== null) return { text: jinja, source: 'chat_template.jinja' };
  for (const source of ['chat_template.json', 'processor_config.json', 'tokenizer_config.json']) {
    const json = await files.json(source);
    const text = templateIn(at(json, 'chat_template') ?? (source === 'chat_template.json' ? json : null), source);
    if (text !== null) return { text, source };
  }
  return null;
}

/** A template, `default` of a list of `{name, template}` or of an object by name, or the only one of them. */
function templateIn(found: unknown, source: string): string | null {
  if (typeof found === 'string') return found;
  const named = new Map<string, string>();
  if (Array.isArray(found))
    for (const t of found as readonly unknown[]) {
      const [name, template] = [at(t, 'name'), at(t, 'template')];
      if (typeof name === 'string' && typeof template === 'string') named.set(name, template);
    }
  else if (isObject(found))
    for (const [name, template] of Object.entries(found)) if (typeof template === 'string') named.set(name, template);
  if (named.size === 0) return null;
  const text = named.get('default') ?? (named.size === 1 ? [...named.values()][0] : undefined);
  if (text !== undefined) return text;
  throw new FaultError(
    fault(
      'bad-model',
      `${source} holds several chat templates (${[...named.keys()].join(', ')}) and none called default. Put the one that is meant into the folder as chat_template.jinja.`,
      { file: source },
    ),
  );
}
