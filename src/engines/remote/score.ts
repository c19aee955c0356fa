import { fault, FaultError, toFault, orThrow } from '../../core/fault.ts';
import { imageKey } from '../../core/images/ref.ts';
import type { Letter } from '../../core/benchmark/types.ts';
import { DEFAULT_CHAT } from '../../core/chat/settings.ts';
import { swapBack, TIE, type LikelihoodOutcome } from '../../core/methods/likelihood.ts';
import { meantLetter, methodOf, recordedNames, recordsOfRequest } from '../../core/methods/registry.ts';
import type { RequestedMethod } from '../../core/methods/names.ts';
import { presentationOf } from '../../core/methods/conditions.ts';
import { THOUGHT_CUT } from '../../core/methods/thought.ts';
import type { GroupAsk, QuestionAsk } from '../../core/plan/ask.ts';
import type { Outcome } from '../../core/records/outcome.ts';
import { type Adapter } from './adapter.ts';
import type { SentImages } from './images.ts';
import { askingOf, requirePlainText, type Asking } from './prompts.ts';
import type { Ways } from './adapter.ts';

export interface GroupParts {
  readonly adapter: Adapter;
  readonly ways: Ways;
  readonly images: SentImages;
  readonly ask: GroupAsk;
}

/** Faults that are not the question's: they end the group, and what it would have recorded is not. */
const NOT_ITS_OWN: ReadonlySet<string> = new Set([
  'stopped',
  'server-gone',
  'server-refused',
  'server-wrong',
  'spent',
  'internal',
]);

/**
 * All questions about one image, their requests together, so that the server finds the image in its cache.
 * @returns one outcome for each record; a question that the server will not take fails alone
 * @throws FaultError where the server is at fault
 */
export async function scoreGroup({ adapter, images, ask }: GroupParts): Promise<readonly Outcome[]> {
  const sent = await Promise.all(
    [ask.image, ...ask.shots].map(async (ref) => ({ key: imageKey(ref), image: orThrow(await images.of(ref)) })),
  );
  const urls = new Map(sent.map(({ key, image }) => [key, image.url]));
  const notes = sent.find(({ key }) => key === imageKey(ask.image))?.image.notes ?? [];
  const asked = ask.questions.flatMap((q) => q.methods.map((request) => ({ q, request })));
  const found = await Promise.all(asked.map((a) => outcomesOf(a.q, a.request, { adapter, ask, urls, notes })));
  return found.flat();
}

interface Parts {
  readonly adapter: Adapter;
  readonly ask: GroupAsk;
  readonly urls: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

async function outcomesOf(q: QuestionAsk, request: RequestedMethod, parts: Parts): Promise<readonly Outcome[]> {
  try {
    await requirePlainText(q, (text) => parts.adapter.isControl(text));
    const asking = askingOf(request, q, parts.ask, parts.urls);
    const notes = asking.shown.image === 'none' ? [] : parts.notes;
    return await answered(q, request, asking, { ...parts, notes });
  } catch (e) {
    const found = toFault(e, 'runtime');
    if (NOT_ITS_OWN.has(found.code)) throw e;
    return recordedNames(request).map((method) => ({
      ...{ pair: q.pair, image: q.image, method, status: 'failed', fault: found },
    }));
  }
}

async function answered(
  q: QuestionAsk,
  request: RequestedMethod,
  asking: Asking,
  { adapter, ask, notes }: Parts,
): Promise<readonly Outcome[]> {
  const base = { pair: q.pair, image: q.image, status: 'scored' as const };
  const { method, prompt, options, shown } = asking;
  const none = { options: null, mass: null, margin: null, letterVariants: null, text: null };
  const scored = (o: LikelihoodOutcome, name: string, promptTokens: number, more: readonly string[]): Outcome => {
    const said = [...notes, ...more, ...o.notes, ...(o.margin === 0 ? [TIE] : [])];
    return { ...base, ...o, letterVariants: null, method: name, text: null, promptTokens, notes: said };
  };
  if (method.id === 'gd-choice') {
    const { chosen, promptTokens } = await adapter.choice(prompt);
    const meant = meantLetter(request, chosen);
    return recordedNames(request).map((name) => ({
      ...base,
      ...none,
      method: name,
      chosen: meant,
      promptTokens,
      notes,
    }));
  }
  if (method.reads === 'letters') {
    const read = await adapter.letters(prompt);
    const letter = (l: Letter) => ({ token: read.ids[l], variants: [] });
    const o = method.score(finite(read.at), { A: letter('A'), B: letter('B') });
    const meant = presentationOf(request.condition).swapped ? swapBack(o) : o;
    return recordedNames(request).map((name) => scored(meant, name, read.promptTokens, read.notes));
  }
  if (method.reads === 'options') {
    const read =
      method.id === 'ps-chat' ? await adapter.chatOptions(prompt, options) : await adapter.options(prompt, options);
    return recordsOfRequest(request).map(({ record, name }) =>
      scored(method.score(read.options, record.id), name, read.promptTokens, read.notes),
    );
  }
  const chat = ask.chat ?? DEFAULT_CHAT;
  const limit = methodOf(request).reads === 'text' ? method.maxTokens : 0;
  const written = await adapter.write(prompt, shown && chat.thinking === 'off' ? limit : limit + chat.thoughtTokens);
  const thought = written.thought === null ? {} : { thought: written.thought };
  const said = [...notes, ...(written.cut ? [THOUGHT_CUT] : [])];
  const { promptTokens, text } = written;
  return recordedNames(request).map((name) => ({
    ...{ ...base, ...none, chosen: null, method: name, text, ...thought, promptTokens, notes: said },
  }));
}

/** No number that is none may become a score. @throws FaultError */
function finite(at: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  for (const [id, p] of at)
    if (!Number.isFinite(p) || p > 1e-6)
      throw new FaultError(fault('server-wrong', `The server gives token ${id} the log-probability ${p}.`));
  return at;
}
