import { fault, FaultError } from '../fault.ts';
import { at, isObject } from '../json.ts';

/** Reads the files of a model folder. */
export interface TemplateFiles {
  text(path: string): Promise<string | null>;
  json(path: string): Promise<unknown>;
}

/** Special tokens that templates name (transformers: SPECIAL_TOKENS_ATTRIBUTES). */
const NAMED = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'];

/** A template as a folder keeps it. */
export interface FoundTemplate {
  readonly text: string;
  /** The file that it came from. */
  readonly source: string;
  /** What the special tokens stand for that it may name (`bos_token`, ...). */
  readonly tokens: Readonly<Record<string, string>>;
}

/**
 * The chat template of a folder, wherever it keeps it: a file of its own, chat_template.json, processor_config.json or tokenizer_config.json, alone or in
 * a list of named ones, of which `default` is meant.
 * @returns null: the folder has none
 * @throws FaultError 'bad-model' for a list without a default
 */
export async function findTemplate(files: TemplateFiles): Promise<FoundTemplate | null> {
  const found = await findText(files);
  if (found === null) return null;
  const tokens = namedTokens(await files.json('tokenizer_config.json'), await files.json('special_tokens_map.json'));
  return { ...found, tokens };
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

async function findText(files: TemplateFiles): Promise<{ readonly text: string; readonly source: string } | null> {
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
