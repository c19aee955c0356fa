import { imageKey, type ImageRef } from '../../core/images/ref.ts';
import { DEFAULT_CHAT } from '../../core/chat/settings.ts';
import { fault, FaultError } from '../../core/fault.ts';
import { presentationOf, type Presentation } from '../../core/methods/conditions.ts';
import type { Method } from '../../core/methods/method.ts';
import { nameOf, type RequestedMethod } from '../../core/methods/names.ts';
import { methodOf } from '../../core/methods/registry.ts';
import type { GroupAsk, QuestionAsk } from '../../core/plan/ask.ts';
import { promptParts, shotImages } from '../../core/prompts/few-shot.ts';
import type { PromptSet } from '../../core/prompts/types.ts';
import type { ChatPart, ChatPrompt } from '../../core/servers/chat.ts';
import { suspects } from '../../core/servers/tokens.ts';

/** A question as a method asks it of a server. */
export interface Asking {
  readonly method: Method;
  readonly shown: Presentation;
  /** As they stand in the prompt: exchanged under `+swap`. */
  readonly options: QuestionAsk['options'];
  readonly prompt: ChatPrompt;
}

/**
 * The conversation that a method asks a question with.
 * @param urls data URLs of the group's image and of the shots, by `imageKey`
 * @throws FaultError 'bad-argument', 'unsupported'
 */
export function askingOf(
  request: RequestedMethod,
  q: QuestionAsk,
  ask: GroupAsk,
  urls: ReadonlyMap<string, string>,
): Asking {
  const method = methodOf(request);
  const shown = presentationOf(request.condition);
  const { A, B } = q.options;
  const options = shown.swapped ? { A: B, B: A } : { A, B };
  const set = shown.wording === null ? ask.promptSet : ask.paraphrases[shown.wording - 1];
  if (!set) {
    const name = nameOf(request);
    throw new FaultError(fault('bad-argument', `The words of "${name}" were not brought.`, { method: name }));
  }
  const words = { id: method.insteadOf ?? method.id, asks: method.asks };
  if ((set.answerPrefix?.[words.id] ?? '') !== '')
    throw new FaultError(
      fault(
        'unsupported',
        `The prompt set ${set.name} begins the answer itself, which servers do not take alike. Use a set without an answer prefix.`,
      ),
    );
  const { thinking } = ask.chat ?? DEFAULT_CHAT;
  const parts = promptParts(set, words, { ...q, options }).flatMap((p): readonly ChatPart[] => {
    if (p.kind === 'text') return [p];
    if (p.kind === 'question-image') return shown.image === 'none' ? [] : [image(ask.image, urls)];
    return [image(shotOf(p.image, set, ask), urls)];
  });
  // An answer's likelihood is read where it begins: nobody may think first.
  const told = method.reads !== 'text' && thinking === 'on' ? 'off' : thinking;
  return { method, shown, options, prompt: { system: set.system, parts, thinking: told } };
}

function image(ref: ImageRef, urls: ReadonlyMap<string, string>): ChatPart {
  const url = urls.get(imageKey(ref));
  if (url === undefined) throw new FaultError(fault('internal', 'An image of this question was not prepared.'));
  return { kind: 'image', url };
}

function shotOf(name: string, set: PromptSet, ask: GroupAsk): ImageRef {
  const ref = ask.shots[shotImages(set).indexOf(name)];
  if (!ref) throw new FaultError(fault('bad-prompt', `The example image ${name} was not brought.`));
  return ref;
}

/**
 * Refuses a question that the server would read as something else: "</s>" ends a turn in the middle of it.
 * @param isControl the server's own tokenizer; null where it cannot be asked
 * @throws FaultError 'bad-prompt'
 */
export async function requirePlainText(
  q: QuestionAsk,
  isControl: (text: string) => Promise<boolean | null>,
): Promise<void> {
  for (const { field, token, known } of suspects(q)) {
    if (!((await isControl(token)) ?? known)) continue;
    throw new FaultError(
      fault(
        'bad-prompt',
        `Pair ${q.pair}: ${field} holds "${token}", which the server may read as a control token and not as text. Rewrite it.`,
        { pair: q.pair, field, token },
      ),
    );
  }
}
