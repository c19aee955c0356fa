import type { ChatSettings } from '../../src/core/chat/settings.ts';
import { closeThought, EMPTY_THOUGHT, openThought, THOUGHTS } from '../../src/core/chat/thought.ts';
import { tokenIn } from '../../src/core/chat/control-tokens.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import { at } from '../../src/core/json.ts';
import type { Family, FamilyFiles, PromptImage } from '../../src/core/models/families/types.ts';
import { promptParts, type PromptPart } from '../../src/core/prompts/few-shot.ts';
import type { PromptSet } from '../../src/core/prompts/types.ts';
import type { Method } from '../../src/core/methods/method.ts';
import { scorableTokens } from '../../src/core/methods/option-tokens.ts';
import type { QuestionAsk } from '../../src/core/plan/ask.ts';
import type { Tokenizer } from '../language/tokenizer.ts';
import { renderFaithfully } from './faithful.ts';

/** One rendered prompt: its text with images expanded, and its token ids. */
export interface Prompt {
  readonly text: string;
  readonly ids: readonly number[];
  /** The text without its images. */
  readonly instruction: string;
  /** The reply begins inside a thought. */
  readonly begun: boolean;
  readonly notes: readonly string[];
}

export interface PromptMaker {
  prompt(method: Method, q: QuestionAsk): Prompt;
  /** Its prompts are computed in one run. */
  readonly whole: boolean;
  /** The image's features depend on the prompt's text. */
  readonly reads: boolean;
  /** Tokens that the decoder starts from, for families whose prompt goes to an encoder; null for decoders, whose prompt is the start. */
  readonly decoderStart: readonly number[] | null;
  /** Ids of the prompt with an option behind it, and where the option begins. */
  withOption(prompt: Prompt, option: string): { ids: readonly number[]; start: number; tokens: readonly number[] };
}

/**
 * Renders prompts of a prompt set. `images`: those of its shots, then the one that is asked about (left out where the question is asked blind).
 * @throws FaultError 'bad-prompt' for a set that holds control tokens of this model
 */
export function createPromptMaker(
  family: Family,
  files: FamilyFiles,
  tokenizer: Tokenizer,
  promptSet: PromptSet,
  images: readonly PromptImage[],
  chat: ChatSettings,
): PromptMaker {
  const placeholder = family.placeholder(files, tokenizer);
  const shots = promptSet.fewShot?.shots.length ?? 0;
  const decoderStart = family.architecture === 'encoder-decoder' ? decoderStartOf(files) : null;
  const encode = encoderOf(family, tokenizer, images.length > 0 ? placeholder : null);
  const turn = { placeholder, behindImage: family.behindImage, role: family.askedBy(tokenizer.template?.text ?? '') };
  refuseControl(promptSet, controlTokens(tokenizer, placeholder));

  function prompt(method: Method, q: QuestionAsk): Prompt {
    const parts = promptParts(promptSet, method, q).filter((p) => p.kind !== 'question-image' || shots < images.length);
    const likelihood = method.reads !== 'text';
    const prefix = promptSet.answerPrefix?.[method.id] ?? '';
    // An answer is read where it begins: behind a thought that is over.
    const own = render(parts, likelihood && chat.thinking === 'on' ? { ...chat, thinking: 'off' } : chat);
    const open = openThought(own) !== null;
    const close = open && (likelihood || prefix !== '');
    const rendered = (close ? closeThought(own) : own) + prefix;
    const emptied = close || (likelihood && chat.thinking === 'on' && tokenizer.template?.knowsThinking === true);
    let text = rendered;
    if (placeholder !== '') {
      const pieces = rendered.split(placeholder);
      text = pieces.reduce((whole, piece, i) => {
        const image = images[i - 1];
        return i === 0 ? piece : whole + (image ? family.expand(image, files, tokenizer) : '') + piece;
      }, '');
    }
    const ids = decoderStart === null ? encode(text) : tokenizer.encodeWhole(text);
    const instruction = placeholder === '' ? rendered : rendered.replaceAll(placeholder, '');
    return { text, ids, instruction, begun: open && !close, notes: emptied ? [EMPTY_THOUGHT] : [] };
  }

  function render(parts: readonly PromptPart[], asked: ChatSettings): string {
    if (tokenizer.render !== null)
      return renderFaithfully(tokenizer.render, { ...turn, system: promptSet.system, parts }, asked);
    if (!family.plainPrompt) throw new FaultError(NO_TEMPLATE);
    if (promptSet.system !== null || shots > 0) throw new FaultError(PLAIN_ONLY);
    const texts = parts.flatMap((p) => (p.kind === 'text' ? [p.text] : []));
    return family.plainPrompt(images.length, texts.join(''), placeholder);
  }

  function withOption(p: Prompt, option: string): { ids: readonly number[]; start: number; tokens: readonly number[] } {
    if (decoderStart !== null) {
      const tokens = tokenizer.encode(option);
      return { ids: [...decoderStart, ...tokens], start: decoderStart.length, tokens };
    }
    if (family.prompt === 'whole') {
      const tokens = tokenizer.encode(option);
      return { ids: [...p.ids, ...tokens], start: p.ids.length, tokens };
    }
    const ids = encode(p.text + option);
    return { ids, ...scorableTokens(p.ids, ids, option) };
  }
  const reads = family.sees === 'read' && images.length > 0;
  return { prompt, withOption, decoderStart, whole: reads || family.prompt === 'whole', reads };
}

/** Ids of a prompt. Where images and text are tokenised each by itself, the text begins as any text does. `placeholder`: null without images. */
function encoderOf(
  { tokenised }: Family,
  tokenizer: Tokenizer,
  placeholder: string | null,
): (text: string) => number[] {
  if (tokenised === 'whole' || placeholder === null) return (text) => tokenizer.encodePrompt(text);
  if (tokenised === 'around-images') {
    const token = tokenizer.encode(placeholder);
    // Image tokens that follow each other have no text between them.
    return (text) =>
      text
        .split(new RegExp(`((?:${escaped(placeholder)})+)`))
        .flatMap((part, i) =>
          i % 2 === 0
            ? tokenizer.encodePrompt(part)
            : new Array<number[]>(part.length / placeholder.length).fill(token).flat(),
        );
  }
  return (text) => {
    const at = text.lastIndexOf(placeholder) + placeholder.length;
    return [...tokenizer.encode(text.slice(0, at)), ...tokenizer.encodePrompt(text.slice(at))];
  };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export const NO_TEMPLATE = fault(
  'bad-model',
  'The model folder has no chat template (chat_template.jinja, chat_template.json or tokenizer_config.json), so Lookalike cannot tell how the model is asked. Put the template of its model card into the folder as chat_template.jinja.',
);
const PLAIN_ONLY = fault(
  'bad-prompt',
  'This model has no chat template: it takes one image and one text, no system text and no examples. Use a prompt set without them.',
);

/** What must not stand in a user's text: the tokenizer's special tokens, the image's place, and the marks of a thought where they are tokens. */
export function controlTokens(tokenizer: Tokenizer, placeholder: string): readonly string[] {
  const thoughts = THOUGHTS.flatMap(({ open, close }) => [open, close]).filter((t) => tokenizer.id(t) !== null);
  return [...new Set([...tokenizer.specialTokens, ...thoughts, ...(placeholder === '' ? [] : [placeholder])])];
}

/** One message about the set, not one for each of its questions. */
function refuseControl(set: PromptSet, tokens: readonly string[]): void {
  const shots = set.fewShot?.shots.flatMap((s) => [s.question, s.options.A, s.options.B]) ?? [];
  const texts = [
    ...Object.entries(set.prompts).map(([key, text]) => [`prompt "${key}"`, text] as const),
    ...Object.entries(set.answerPrefix ?? {}).map(([key, text]) => [`answer prefix "${key}"`, text] as const),
    ['system text', set.system ?? ''] as const,
    ['examples', [set.fewShot?.preamble ?? '', ...shots].join('\n')] as const,
  ];
  for (const [field, text] of texts) {
    const token = tokenIn(text, tokens);
    if (token === null) continue;
    const images = /image|img/i.test(token) ? ' Lookalike puts the image in front of the question by itself.' : '';
    throw new FaultError(
      fault(
        'bad-prompt',
        `The prompt set ${set.name} holds "${token}" in its ${field}, which this model reads as a control token.${images} Take it out of the set.`,
        { set: set.name, field, token },
      ),
    );
  }
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
