import { tokenIn } from '../chat/control-tokens.ts';
import { captionLength } from './prompts.ts';

/** Longest caption that is sent to a writer, in characters; the longest of ROCO has about 2,000. */
const MAX_CAPTION = 4000;

const INSTRUCTION =
  /\b(?:ignore|disregard|forget|override|bypass|do not follow|don['’]t follow)\b[^.\n]{0,60}\b(?:rules?|instructions?|prompts?|above|previous|prior|everything)\b|\b(?:system prompt|you are now|new instructions?|act as an?|reply (?:only )?with|from now on)\b|(?<!\p{L})(?:ignorier|ignorez|ignora|ignorar|ignorate|vergiss|oublie|olvida)\p{L}*[^.\n]{0,60}(?:regel|anweisung|règles|consignes|instruc|istruzion|instruções|reglas|regole|regras)\p{L}*|(?:忽略|无视|無視)[^。\n]{0,30}(?:指令|规则|規則|指示|说明)/iu;
const FORM = /^\s*(?:Question|Option\s?[12]|Image\s?[12])\s*:/im;
const MARKUP = /<\/?[a-z][^<>]{0,200}>|&(?:lt|gt|amp|#\d+);/i;
/** Control, zero-width and direction characters; line ends and tabs aside. */
const UNSEEN = /(?![\t\n\r])[\p{Cc}\p{Cf}]/u;
/** Marks of turns and roles in the chat templates in use, whichever the writer's own are. */
const TURN = /<\|[^|<>\s]{1,40}\|>|<\/?s>|\[\/?INST\]|<(?:start|end)_of_turn>|<(?:bos|eos|pad|unk)>/i;

/**
 * Why a caption must not be sent to a writer; null where it may. A control token would end the user's turn in the middle of the prompt.
 * @param tokens the writer's own control tokens
 */
export function captionFault(caption: string, tokens: readonly string[]): string | null {
  const length = captionLength(caption);
  if (length > MAX_CAPTION) return `has ${length} characters, and at most ${MAX_CAPTION} are sent to a writer`;
  const token = tokenIn(caption, tokens);
  return token === null ? null : `holds the writer's control token ${token}`;
}

/** What a reviewer should know of a caption before believing a draft made from it. */
export function captionWarnings(caption: string): readonly string[] {
  const instruction = INSTRUCTION.exec(caption);
  const turn = TURN.exec(caption);
  return [
    ...(instruction ? [`reads like an instruction to the writer ("${instruction[0]}")`] : []),
    ...(FORM.test(caption) ? ['imitates the form of a reply'] : []),
    ...(turn ? [`holds a mark of a chat template (${turn[0]})`] : MARKUP.test(caption) ? ['holds HTML'] : []),
    ...(UNSEEN.test(caption) ? ['holds characters that cannot be seen'] : []),
  ];
}

/** The same for both captions of a pair, in whole sentences. */
export function pairWarnings(captions: readonly (string | null)[]): readonly string[] {
  return captions.flatMap((c, i) => captionWarnings(c ?? '').map((w) => `The caption of image ${i + 1} ${w}.`));
}
