import { fault, FaultError } from '../../src/core/fault.ts';
import { at } from '../../src/core/json.ts';
import type { Family, FamilyFiles, PromptImage } from '../../src/core/families/types.ts';
import { promptParts, type PromptPart } from '../../src/core/prompts/few-shot.ts';
import type { PromptSet } from '../../src/core/prompts/types.ts';
import type { Base } from '../../src/core/scoring/methods.ts';
import { optionTokens } from '../../src/core/scoring/tokens.ts';
import type { QuestionRequest } from '../../src/protocol/engine.ts';
import type { ChatMessage, Tokenizer } from './tokenizer.ts';

/** One rendered prompt: its text with images expanded, and its token ids. */
export interface Prompt {
  readonly text: string;
  readonly ids: readonly number[];
}

export interface PromptMaker {
  prompt(method: Base, q: QuestionRequest): Prompt;
  /** Tokens that the decoder starts from, for families whose prompt goes to an encoder; null for decoders, whose prompt is the start. */
  readonly decoderStart: readonly number[] | null;
  /** Ids of the prompt with an option behind it, and where the option begins (scoring.md, "Token boundary"). */
  withOption(prompt: Prompt, option: string): { ids: readonly number[]; start: number; tokens: readonly number[] };
}

/** Renders prompts of a prompt set. `images`: those of its shots, then the one that is asked about (left out where the question is asked blind). */
export function createPromptMaker(
  family: Family,
  files: FamilyFiles,
  tokenizer: Tokenizer,
  promptSet: PromptSet,
  images: readonly PromptImage[],
): PromptMaker {
  const placeholder = family.placeholder(files, tokenizer);
  const shots = promptSet.fewShot?.shots.length ?? 0;
  const decoderStart = family.architecture === 'encoder-decoder' ? decoderStartOf(files) : null;

  function prompt(method: Base, q: QuestionRequest): Prompt {
    const parts = promptParts(promptSet, method, q).filter((p) => p.kind !== 'question-image' || shots < images.length);
    refusePlaceholder(parts, placeholder, q);
    const rendered = render(parts) + (promptSet.answerPrefix?.[method] ?? '');
    let text = rendered;
    if (placeholder !== '') {
      const pieces = rendered.split(placeholder);
      text = pieces.reduce((whole, piece, i) => {
        const image = images[i - 1];
        return i === 0 ? piece : whole + (image ? family.expand(image, files, tokenizer) : '') + piece;
      }, '');
    }
    return { text, ids: decoderStart === null ? tokenizer.encodePrompt(text) : tokenizer.encodeWhole(text) };
  }

  function render(parts: readonly PromptPart[]): string {
    const count = images.length;
    const texts = parts.flatMap((p) => (p.kind === 'text' ? [p.text] : []));
    if (tokenizer.render === null) {
      if (family.plainPrompt) return family.plainPrompt(count, texts.join(''), placeholder);
      throw new FaultError(
        fault(
          'bad-model',
          'The model folder has no chat template (chat_template.jinja, chat_template.json or tokenizer_config.json).',
        ),
      );
    }
    const system: ChatMessage[] =
      promptSet.system === null ? [] : [{ role: 'system', content: [{ type: 'text', text: promptSet.system }] }];
    const content = parts.map((p) => (p.kind === 'text' ? p.text : null));
    const list = content.map((text) => (text === null ? { type: 'image' as const } : { type: 'text' as const, text }));
    const asList = attempt(tokenizer.render, [...system, { role: 'user', content: list }]);
    if (asList.ok && countOf(asList.text, placeholder) === count && asList.text.includes(lastLine(texts.at(-1) ?? '')))
      return asList.text;
    // Some templates take strings only; the image token then goes into the text.
    const flat: ChatMessage[] = promptSet.system === null ? [] : [{ role: 'system', content: promptSet.system }];
    const text = content.map((t) => t ?? placeholder).join('');
    const asString = attempt(tokenizer.render, [...flat, { role: 'user', content: text }]);
    if (asString.ok && countOf(asString.text, placeholder) === count) return asString.text;
    const words = asList.ok
      ? `it writes ${countOf(asList.text, placeholder)} image places for ${count} images`
      : asList.error;
    throw new FaultError(fault('bad-model', `The model's chat template cannot be used: ${words}.`));
  }

  function withOption(p: Prompt, option: string): { ids: readonly number[]; start: number; tokens: readonly number[] } {
    if (decoderStart !== null) {
      const tokens = tokenizer.encode(option);
      return { ids: [...decoderStart, ...tokens], start: decoderStart.length, tokens };
    }
    const ids = tokenizer.encodePrompt(p.text + option);
    const { start, tokens } = optionTokens(p.ids, ids);
    if (tokens.length === 0)
      throw new FaultError(
        fault('bad-prompt', `The option "${option}" has no tokens of its own, so it cannot be scored.`),
      );
    if (start === 0)
      throw new FaultError(
        fault('bad-prompt', `The option "${option}" merges with the whole prompt, so it cannot be scored.`),
      );
    return { ids, start, tokens };
  }
  return { prompt, withOption, decoderStart };
}

/** What generation begins with: the decoder's start token, and the token that is forced behind it (transformers: generation_config.json). */
function decoderStartOf(files: FamilyFiles): readonly number[] {
  const find = (key: string): number | null => {
    const v = at(files.config, key) ?? at(files.config, 'text_config', key);
    return typeof v === 'number' ? v : null;
  };
  const start = find('decoder_start_token_id');
  const forced = find('forced_bos_token_id');
  if (start === null)
    throw new FaultError(
      fault(
        'bad-model',
        'config.json names no decoder_start_token_id, without which an encoder-decoder cannot be scored.',
      ),
    );
  return forced === null ? [start] : [start, forced];
}

function refusePlaceholder(parts: readonly PromptPart[], placeholder: string, q: QuestionRequest): void {
  if (placeholder !== '' && parts.some((p) => p.kind === 'text' && p.text.includes(placeholder)))
    throw new FaultError(
      fault(
        'bad-prompt',
        `The question of pair ${q.pair} contains "${placeholder}", which this model reads as an image. Rewrite it.`,
        { pair: q.pair },
      ),
    );
}

function attempt(
  render: (m: readonly ChatMessage[]) => string,
  messages: readonly ChatMessage[],
): { ok: true; text: string } | { ok: false; error: string } {
  try {
    return { ok: true, text: render(messages) };
  } catch (e) {
    return { ok: false, error: e instanceof Error ? e.message : String(e) };
  }
}

function countOf(text: string, piece: string): number {
  return piece === '' ? 0 : text.split(piece).length - 1;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
