import { Tokenizer as Library } from '@huggingface/tokenizers';
import type { ChatSettings } from '../../src/core/chat/settings.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import { at, isObject } from '../../src/core/json.ts';
import type { Vocabulary } from '../../src/core/models/families/types.ts';
import type { LetterTokens } from '../../src/core/methods/likelihood.ts';
import type { Letter } from '../../src/core/benchmark/types.ts';
import type { ModelFiles } from '../onnx/files.ts';
import type { ChatMessage, ChatTemplate } from '../../src/core/chat/template.ts';
import { loadTemplate } from './template.ts';

export type { ChatMessage } from '../../src/core/chat/template.ts';

export interface Tokenizer extends Vocabulary {
  /** Ids of a rendered prompt: the tokenizer's own beginning-of-sequence token is added unless the text holds it. Never an end token. */
  encodePrompt(text: string): number[];
  /** Ids of an encoder's input: with whatever special tokens the tokenizer adds at both ends. */
  encodeWhole(text: string): number[];
  /** Ids without special tokens. */
  encode(text: string): number[];
  /** `keepSpecial`: special tokens stay in the text. */
  decode(ids: readonly number[], keepSpecial?: boolean): string;
  /** null: the folder has no chat template. */
  readonly template: ChatTemplate | null;
  /** A conversation by the template, with the assistant's turn begun; null: the folder has no chat template. */
  render: ((messages: readonly ChatMessage[], chat: ChatSettings) => string) | null;
  /** Throws 'bad-prompt' when a letter is not one token. */
  letters(): Readonly<Record<Letter, LetterTokens>>;
  readonly specialIds: ReadonlySet<number>;
  /** What the tokenizer reads as control wherever it stands. */
  readonly specialTokens: readonly string[];
}

/**
 * Loads tokenizer.json and finds the chat template wherever the folder keeps it. tokenizer_config.json may be missing.
 * @throws FaultError 'bad-model'
 */
export async function loadTokenizer(files: ModelFiles): Promise<Tokenizer> {
  const json = await files.json('tokenizer.json');
  if (!isObject(json))
    throw new FaultError(fault('bad-model', 'The model folder has no tokenizer.json. Bring the whole folder.'));
  const config = (await files.json('tokenizer_config.json')) ?? {};
  return createTokenizer(json, config, await loadTemplate(files));
}

/** A tokenizer from its parsed files (`config` may be empty), with the folder's chat template. */
export function createTokenizer(json: object, config: unknown, template: ChatTemplate | null): Tokenizer {
  const library = new Library(json, isObject(config) ? config : {});
  const added = [...library.get_added_tokens_decoder().values()];
  // The library's vocabulary leaves out added tokens below zero (moondream1's <image>: -200).
  const ids = new Map([...library.get_vocab(), ...added.map((t) => [t.content, t.id] as const)]);
  const pieces = new Map([...ids].map(([piece, id]) => [id, piece]));
  const special = added.filter((t) => t.special);
  const encode = (text: string): number[] => library.encode(text, { add_special_tokens: false }).ids;
  const whole = (text: string): number[] => library.encode(text, { add_special_tokens: true }).ids;
  const begin = beginTokens(encode, whole);
  const bos = begin.map((id) => pieces.get(id) ?? '').join('');
  const begun = (text: string): boolean =>
    begin.length === 0 || text.startsWith(bos) || (bos !== endToken(config) && text.includes(bos));
  return {
    piece: (id) => pieces.get(id) ?? null,
    id: (piece) => ids.get(piece) ?? null,
    encode,
    // Behind an image, as PaliGemma writes it, or behind a line end: the prompt has its one beginning.
    encodePrompt: (text) => (begun(text) ? encode(text) : [...begin, ...encode(text)]),
    encodeWhole: whole,
    // The library refuses to decode nothing: an answer that ends at once is empty.
    decode: (list, keepSpecial = false) =>
      list.length === 0 ? '' : library.decode([...list], { skip_special_tokens: !keepSpecial }),
    template,
    render: template === null ? null : (messages, chat) => template.render(messages, chat),
    letters: () => ({ A: letterTokens('A', encode, ids), B: letterTokens('B', encode, ids) }),
    specialIds: new Set(special.map((t) => t.id)),
    specialTokens: added.filter((t) => t.special || LIKE_CONTROL.test(t.content)).map((t) => t.content),
  };
}

/** Added tokens that control what a model does though their tokenizer does not call them special: Qwen's `<|fim_prefix|>`, `<tool_call>`. Not `<b>`. */
const LIKE_CONTROL = /^<\|[^<>]+\|>$|^<\/?[a-z]+(?:_[a-z]+)+>$/;

/** What the tokenizer puts before every text, found by trying: its beginning-of-sequence token, or nothing. */
function beginTokens(encode: (t: string) => number[], encodeWhole: (t: string) => number[]): number[] {
  const plain = encode('x');
  const whole = encodeWhole('x');
  for (let i = 0; i + plain.length <= whole.length; i++)
    if (plain.every((id, k) => whole[i + k] === id)) return whole.slice(0, i);
  return [];
}

/** The end-of-sequence token's text: where it is the beginning's too, it may stand behind each turn. */
function endToken(config: unknown): string | null {
  const end = at(config, 'eos_token');
  const text = typeof end === 'string' ? end : at(end, 'content');
  return typeof text === 'string' ? text : null;
}

/**
 * The published letter token is `encode(letter, no special tokens)` and must be one token (docs/scoring.md, GD); its variants are the other
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
