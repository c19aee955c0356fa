import type { Letter } from '../../core/benchmark/types.ts';
import { fault, FaultError, orThrow } from '../../core/fault.ts';
import type { OptionReads } from '../../core/methods/likelihood.ts';
import type { ChatPrompt, Drawn } from '../../core/servers/chat.ts';
import { answerFault, type HttpAsk } from '../../core/servers/exchange.ts';
import type { Send } from './transport.ts';

/** What is known of a server before it is asked anything with an image. */
export interface Looked {
  readonly version: string | null;
  /** The model by the name that the server knows it under. */
  readonly model: string;
  readonly notes: readonly string[];
  /** A sentence: what would have this server give GD and PS where it cannot yet be believed for them. */
  readonly remedy?: string;
}

/** log p of both letters behind a prompt. */
export interface LetterReads {
  readonly ids: Readonly<Record<Letter, number>>;
  readonly at: ReadonlyMap<number, number>;
  readonly promptTokens: number;
  readonly notes: readonly string[];
}

export interface OptionsRead {
  readonly options: Readonly<Record<Letter, OptionReads>>;
  readonly promptTokens: number;
  readonly notes: readonly string[];
}

export interface Written {
  readonly text: string;
  readonly thought: string | null;
  /** The reply ended inside its thought. */
  readonly cut: boolean;
  /** It ended at the limit of new tokens. */
  readonly atLimit: boolean;
  readonly newTokens: number;
  readonly promptTokens: number;
}

/** The likeliest next tokens by a name of their own, for comparing; empty where the server gives none. */
export interface Fingerprint {
  readonly top: ReadonlyMap<string, number>;
  readonly text: string;
  readonly promptTokens: number;
  /** Log-probabilities came with ids, or with bytes. */
  readonly exact: boolean;
}

/** How a method is read on this server; null: it cannot be. */
export interface Ways {
  readonly gd: string | null;
  readonly choice: string | null;
  readonly ps: string | null;
  readonly psChat: string | null;
}

/** One kind of server. It says nothing of runs, images' sizes or retries. All of it throws FaultError. */
export interface Adapter {
  /** Finds the model and the server's version; called once, first. */
  look(): Promise<Looked>;
  /** Finds out how methods can be read, with a question that shows an image; called once, after `look`. */
  ways(sample: Sample): Promise<Ways>;
  letters(prompt: ChatPrompt): Promise<LetterReads>;
  choice(prompt: ChatPrompt): Promise<{ readonly chosen: Letter; readonly promptTokens: number }>;
  options(prompt: ChatPrompt, options: Options): Promise<OptionsRead>;
  /** Options as the server's chat template renders an answer. */
  chatOptions(prompt: ChatPrompt, options: Options): Promise<OptionsRead>;
  /** @param drawn greedily where nothing is said */
  write(prompt: ChatPrompt, limit: number, drawn?: Drawn | null): Promise<Written>;
  /** `hot`: at another temperature, which must change nothing of what is reported. */
  fingerprint(prompt: ChatPrompt, hot?: boolean): Promise<Fingerprint>;
  /** It reports raw log p only where it is asked greedily, so that another temperature tells nothing. */
  readonly greedyOnly?: true;
  /** Whether a text is read as one control token; null where nobody can tell. */
  isControl(text: string): Promise<boolean | null>;
}
export type Options = Readonly<Record<Letter, string>>;

/** A question with an image, for trying. */
export interface Sample {
  readonly letter: ChatPrompt;
  readonly open: ChatPrompt;
  readonly options: Options;
}

/** The model's own chat template, where its folder is at hand. */
export interface ChatRenderer {
  /** The prompt as text, ending where the answer begins, with the family's image token where each image stands. */
  render(prompt: ChatPrompt): string;
  /** The text of the token that begins a sequence; null where the tokenizer names none. */
  readonly bos: string | null;
  /** The template itself. */
  readonly template: string;
}

/** What an adapter is made with. */
export interface AdapterParts {
  /** Images will be shown to the model: a server that takes none is refused. */
  readonly shows: boolean;
  readonly send: Send;
  readonly model: string;
  /** Ids of the letters by the model's own tokenizer, where its folder is at hand; null where it is not. */
  readonly letterIds: Readonly<Record<Letter, number>> | null;
  readonly renderer: ChatRenderer | null;
}

/** The body of a successful answer; anything else is a fault in words. @throws FaultError */
export async function bodyOf(send: Send, ask: HttpAsk, what: string): Promise<unknown> {
  const answer = orThrow(await send(ask));
  if (answer.status >= 300) throw new FaultError(answerFault(answer, what));
  return answer.body;
}

/** Whatever a server answers to what it may not have; null where it has no such thing. */
export async function triedBody(send: Send, ask: HttpAsk): Promise<unknown> {
  const answer = orThrow(await send(ask));
  return answer.status < 300 ? answer.body : null;
}

/** The work for both options, side by side. */
export async function both<T>(work: (letter: Letter) => Promise<T>): Promise<Readonly<Record<Letter, T>>> {
  const [A, B] = await Promise.all([work('A'), work('B')]);
  return { A, B };
}

/** What a server of this kind never gives. */
export function notGiven(what: string): FaultError {
  return new FaultError(fault('unsupported', `This server cannot give ${what}.`));
}

/** A number that must have been read. @throws FaultError 'server-wrong' */
export function given(value: number | undefined): number {
  if (value !== undefined) return value;
  throw new FaultError(fault('server-wrong', 'The server left out a log-probability that it was asked for.'));
}
