import { AutoTokenizer, type PreTrainedTokenizer } from '@huggingface/transformers';
import { fault, FaultError } from '../../src/core/fault.ts';
import { at } from '../../src/core/json.ts';
import type { Vocabulary } from '../../src/core/families/types.ts';
import type { LetterTokens } from '../../src/core/scoring/likelihood.ts';
import type { Letter } from '../../src/core/benchmark/types.ts';
import type { ModelFiles } from './files.ts';
import { LOCAL_ID } from './runtime.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly ({ readonly type: 'image' } | { readonly type: 'text'; readonly text: string })[];
}

export interface Tokenizer extends Vocabulary {
  /** Ids of a rendered prompt: the tokenizer's own beginning-of-sequence token is added unless the text begins with it. Never an end token. */
  encodePrompt(text: string): number[];
  /** Ids of an encoder's input: with whatever special tokens the tokenizer adds at both ends. */
  encodeWhole(text: string): number[];
  /** Ids without special tokens. */
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
  /** null: the folder has no chat template. */
  render: ((messages: readonly ChatMessage[]) => string) | null;
  /** Throws 'bad-prompt' when a letter is not one token. */
  letters(): Readonly<Record<Letter, LetterTokens>>;
  readonly specialIds: ReadonlySet<number>;
}

/** Loads tokenizer.json and finds the chat template wherever the folder keeps it (runtime.md: three places are in use). */
export async function loadTokenizer(files: ModelFiles): Promise<Tokenizer> {
  if (!files.has('tokenizer.json'))
    throw new FaultError(fault('bad-model', 'The model folder has no tokenizer.json. Bring the whole folder.'));
  const tokenizer = await AutoTokenizer.from_pretrained(LOCAL_ID);
  const template = await findTemplate(files);
  const vocab = tokenizer.get_vocab() as Map<string, number> | Record<string, number>;
  const ids = vocab instanceof Map ? vocab : new Map(Object.entries(vocab));
  const pieces = new Map([...ids].map(([piece, id]) => [id, piece]));
  const encode = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false });
  const begin = beginTokens(tokenizer, encode);
  const bos = begin.map((id) => pieces.get(id) ?? '').join('');
  return {
    piece: (id) => pieces.get(id) ?? null,
    id: (piece) => ids.get(piece) ?? null,
    encode,
    encodePrompt: (text) => (begin.length === 0 || text.startsWith(bos) ? encode(text) : [...begin, ...encode(text)]),
    encodeWhole: (text) => tokenizer.encode(text),
    // The library refuses to decode nothing: an answer that ends at once is empty.
    decode: (list) => (list.length === 0 ? '' : tokenizer.decode([...list], { skip_special_tokens: true })),
    render: template === null ? null : renderer(tokenizer, template),
    letters: () => ({ A: letterTokens('A', encode, ids), B: letterTokens('B', encode, ids) }),
    specialIds: new Set(tokenizer.all_special_ids as Iterable<number>),
  };
}

/** What the tokenizer puts before every text, found by trying: its beginning-of-sequence token, or nothing. */
function beginTokens(tokenizer: PreTrainedTokenizer, encode: (t: string) => number[]): number[] {
  const plain = encode('x');
  const whole = tokenizer.encode('x');
  for (let i = 0; i + plain.length <= whole.length; i++)
    if (plain.every((id, k) => whole[i + k] === id)) return whole.slice(0, i);
  return [];
}

function renderer(tokenizer: PreTrainedTokenizer, template: string): (messages: readonly ChatMessage[]) => string {
  return (messages) =>
    tokenizer.apply_chat_template(structuredClone(messages) as never, {
      tokenize: false,
      add_generation_prompt: true,
      chat_template: template,
    }) as unknown as string;
}

async function findTemplate(files: ModelFiles): Promise<string | null> {
  const jinja = await files.text('chat_template.jinja');
  if (jinja !== null) return jinja;
  for (const [path, key] of [
    ['chat_template.json', 'chat_template'],
    ['processor_config.json', 'chat_template'],
    ['tokenizer_config.json', 'chat_template'],
  ] as const) {
    const found = at(await files.json(path), key);
    if (typeof found === 'string') return found;
    if (Array.isArray(found)) {
      const named = found.find((t) => at(t, 'name') === 'default') ?? found[0];
      const text = at(named, 'template');
      if (typeof text === 'string') return text;
    }
  }
  return null;
}

/**
 * The published letter token is `encode(letter, no special tokens)` and must be one token (scoring.md, GD); its variants are the other
 * single tokens that write the same letter: bare, behind a space, behind a metaspace mark.
 */
function letterTokens(letter: Letter, encode: (t: string) => number[], ids: ReadonlyMap<string, number>): LetterTokens {
  const own = encode(letter);
  const token = own[0];
  if (own.length !== 1 || token === undefined)
    throw new FaultError(
      fault(
        'bad-prompt',
        `This tokenizer writes the letter ${letter} as ${own.length} tokens, so GD cannot be computed with it.`,
        { letter },
      ),
    );
  const variants = [letter, `\u2581${letter}`, `\u0120${letter}`, ` ${letter}`].flatMap((piece) => {
    const id = ids.get(piece);
    return id === undefined ? [] : [{ token: id, piece }];
  });
  const known = variants.some((v) => v.token === token);
  return { token, variants: known ? variants : [{ token, piece: letter }, ...variants] };
}
