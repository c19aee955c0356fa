import type { ChatSettings } from '../../src/core/chat/settings.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import type { PromptPart } from '../../src/core/prompts/few-shot.ts';
import type { ChatMessage } from '../language/tokenizer.ts';

type Render = (messages: readonly ChatMessage[], chat: ChatSettings) => string;

/** What a user's turn is to hold. */
export interface Turn {
  readonly system: string | null;
  readonly parts: readonly PromptPart[];
  /** What the template, or we, write for an image. */
  readonly placeholder: string;
  /** What stands behind a placeholder that we write into a text. */
  readonly behindImage: string;
  /** Whose turn it is, as the template calls the one who asks. */
  readonly role: string;
}

/**
 * A conversation rendered by a template that is not trusted: every text of it must be there, in its order, with the images in their places. Contents are
 * given as a list, as templates of vision-language models take them; where that loses something, as one text with the images written into it.
 * @throws FaultError 'bad-model' in words, with the way out
 */
export function renderFaithfully(render: Render, turn: Turn, chat: ChatSettings): string {
  const tried = attempts(turn).map((messages) => attempt(render, messages, chat));
  const good = tried.find((t) => t.ok && isFaithful(t.text, turn));
  if (good?.ok) return good.text;
  if (turn.system !== null && renders(render, { ...turn, system: null }, chat)) throw noSystem(tried[0]);
  const many = turn.parts.filter((p) => p.kind !== 'text').length > 1;
  if (many && renders(render, { ...turn, parts: turn.parts.slice(-2) }, chat))
    throw bad(
      "This model's chat template does not keep the images of a prompt's examples in their places, so it cannot be asked with examples. Use a prompt set without them.",
    );
  const [first] = tried;
  const words = first?.ok ? `it does not write the question and its image as they are asked` : (first?.error ?? '');
  throw bad(
    `The model's chat template cannot be used: ${words}. Put a template that takes a question with an image into the folder as chat_template.jinja, which comes first.`,
  );
}

/** The forms in which a turn can be given, the usual one first. */
function attempts({ system, parts, placeholder, behindImage, role }: Turn): readonly (readonly ChatMessage[])[] {
  const list = parts.map((p) =>
    p.kind === 'text' ? { type: 'text' as const, text: p.text } : { type: 'image' as const },
  );
  const text = parts.map((p) => (p.kind === 'text' ? p.text : placeholder + behindImage)).join('');
  const listed: readonly ChatMessage[] =
    system === null ? [] : [{ role: 'system', content: [{ type: 'text', text: system }] }];
  const plain: readonly ChatMessage[] = system === null ? [] : [{ role: 'system', content: system }];
  return [
    [...listed, { role, content: list }],
    // Some templates take strings only; the image token then goes into the text.
    [...plain, { role, content: text }],
    // Others take lists and put all images of one first.
    [...listed, { role, content: [{ type: 'text', text }] }],
    [...plain, { role, content: list }],
  ];
}

function renders(render: Render, turn: Turn, chat: ChatSettings): boolean {
  return attempts(turn)
    .map((messages) => attempt(render, messages, chat))
    .some((t) => t.ok && isFaithful(t.text, turn));
}

/** Whether every text and image of a turn stands in the rendered prompt, in order and no more often. Templates may trim texts. */
function isFaithful(rendered: string, { system, parts, placeholder }: Turn): boolean {
  let from = 0;
  const find = (piece: string): boolean => {
    const at = piece === '' ? from : rendered.indexOf(piece, from);
    from = at + piece.length;
    return at >= 0;
  };
  if (!find((system ?? '').trim())) return false;
  const images = parts.filter((p) => p.kind !== 'text').length;
  const places = placeholder === '' ? images : rendered.split(placeholder).length - 1;
  return places === images && parts.every((p) => find(p.kind === 'text' ? p.text.trim() : placeholder));
}

type Attempt = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string };

function attempt(render: Render, messages: readonly ChatMessage[], chat: ChatSettings): Attempt {
  try {
    return { ok: true, text: render(messages, chat) };
  } catch (e) {
    return { ok: false, error: e instanceof Error ? e.message : String(e) };
  }
}

function noSystem(first: Attempt | undefined): FaultError {
  const why = first && !first.ok ? ` (it says: ${first.error})` : ', which leaves it out';
  return bad(
    `This model takes no system text: its chat template has no place for it${why}. Use a prompt set without "system", or write its words into the prompts themselves.`,
  );
}

function bad(message: string): FaultError {
  return new FaultError(fault('bad-model', message));
}
