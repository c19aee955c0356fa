import { tokenIn } from '../core/chat/control-tokens.ts';
import { DEFAULT_CHAT, FIXED_DATE } from '../core/chat/settings.ts';
import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError, type Result } from '../core/fault.ts';
import { fileImage } from '../core/images/ref.ts';
import { methodChoices, requestedMethods } from '../core/methods/registry.ts';
import { LOOKALIKE } from '../core/prompts/default.ts';
import { blindPrompts, type BlindOdds } from '../core/review/blind.ts';
import type { Wording } from '../core/review/events.ts';
import type { OptionScore } from '../core/records/record.ts';
import type { TextEngine, TextFacts } from '../engines/text.ts';
import { groupAsk, pairsById } from '../run/requests.ts';
import type { Store } from '../store/db.ts';
import { resolveModel } from './models.ts';
import { newRun } from './new-run.ts';
import { enginePorts } from './ports.ts';
import { controlTokensOf, findText, openText, type TextChoice, type WriterWish } from './writer.ts';

/** A question that is asked without its image. */
export interface BlindQuestion {
  readonly id: string;
  readonly wording: Wording;
}

/** Who is asked: a text model (the writer), or a vision-language model of this browser without an image. */
export type BlindWish = WriterWish & { readonly kind: 'text' | 'vision' } & TextChoice;

/** What the questions are about; a vision-language model is tried on its first pair. */
export type BlindBenchmark = Pick<Benchmark, 'name' | 'sha256' | 'pairs'>;

export interface BlindReads {
  readonly odds: ReadonlyMap<string, BlindOdds>;
  /** Questions that could not be asked, with the reason. */
  readonly unasked: ReadonlyMap<string, string>;
  readonly model: Pick<TextFacts, 'id' | 'sha256' | 'dtype' | 'device'>;
}

interface BlindPorts {
  readonly store: Store;
  readonly image: (sha256: string) => Promise<Blob | null>;
  readonly signal: AbortSignal;
  readonly says: (done: number, total: number) => void;
}

const LETTERS = ['A', 'B'] as const;

/**
 * Asks every question without its image, with the options in both orders.
 * @throws FaultError; 'stopped' when the user asked for it
 */
export async function askBlind(
  questions: readonly BlindQuestion[],
  benchmark: BlindBenchmark,
  wish: BlindWish,
  ports: BlindPorts,
): Promise<BlindReads> {
  const [first] = questions;
  if (!first) throw new FaultError(fault('bad-argument', 'There is no question to ask.'));
  const opened = await open(first, benchmark, wish, ports);
  try {
    const { id, sha256, dtype, device } = opened.text.facts;
    return { ...(await readBlind(questions, { ...ports, ...opened })), model: { id, sha256, dtype, device } };
  } finally {
    opened.end();
  }
}

interface Asking extends Pick<BlindPorts, 'signal' | 'says'> {
  readonly text: Pick<TextEngine, 'likelihoods'>;
  readonly controlTokens: readonly string[];
}

/**
 * The same of a model that is there. A question that alone is at fault is left out with the reason.
 * @throws FaultError
 */
export async function readBlind(
  questions: readonly BlindQuestion[],
  { text, controlTokens, signal, says }: Asking,
): Promise<Pick<BlindReads, 'odds' | 'unasked'>> {
  const odds = new Map<string, BlindOdds>();
  const unasked = new Map<string, string>();
  for (const [i, { id, wording }] of questions.entries()) {
    says(i, questions.length);
    const token = tokenIn(Object.values(wording).join('\n'), controlTokens);
    const read = token === null ? await readOdds(wording, text, signal) : `It holds the control token ${token}.`;
    if (typeof read === 'string') unasked.set(id, read);
    else odds.set(id, read);
  }
  says(questions.length, questions.length);
  return { odds, unasked };
}

/** @returns why the question cannot be asked, where only it is at fault */
async function readOdds(wording: Wording, text: Asking['text'], signal: AbortSignal): Promise<BlindOdds | string> {
  const found: number[] = [];
  for (const prompt of blindPrompts(wording)) {
    if (signal.aborted) throw new FaultError(fault('stopped', 'The check was stopped.'));
    const scores: Result<readonly OptionScore[]> = await text.likelihoods({ prompt, texts: [...LETTERS] }, signal);
    if (!scores.ok && scores.fault.code === 'bad-prompt') return scores.fault.message;
    if (!scores.ok) throw new FaultError(scores.fault);
    const [a, b] = scores.value.map((s) => s.sum);
    const difference = (a ?? Number.NaN) - (b ?? Number.NaN);
    if (!Number.isFinite(difference)) return 'The model gives its letters no likelihood.';
    found.push(difference);
  }
  const [inOrder = 0, exchanged = 0] = found;
  return [inOrder, -exchanged];
}

interface Opened {
  readonly text: TextEngine;
  readonly controlTokens: readonly string[];
  end(): void;
}

async function open(
  first: BlindQuestion,
  benchmark: BlindBenchmark,
  wish: BlindWish,
  ports: BlindPorts,
): Promise<Opened> {
  const { store } = ports;
  if (wish.kind === 'text') {
    const model = await findText(store, wish);
    const [prompt] = blindPrompts(first.wording);
    const { engine, controlTokens } = await openText(store, model, wish, { prompt, texts: [...LETTERS] });
    return { text: engine, controlTokens, end: () => engine.end() };
  }
  if ('server' in wish)
    throw new FaultError(fault('unsupported', 'A model on a server is asked without images as a text model only.'));
  const model = await resolveModel(store, wish.modelId);
  const engine = await visionEngine(benchmark, wish, ports);
  const text = engine.text();
  if (text === null) {
    engine.end('it cannot be asked without an image');
    throw new FaultError(
      fault('bad-model', `${model.id} cannot be asked without an image. Choose another model, or a writer.`),
    );
  }
  return { text, controlTokens: await controlTokensOf(model), end: () => engine.end('every question was asked') };
}

/** The model under test, loaded and certified as for a run. */
async function visionEngine(
  benchmark: BlindBenchmark,
  wish: WriterWish & { readonly modelId: string },
  { store, image, signal }: BlindPorts,
) {
  const [pair] = benchmark.pairs;
  if (!pair) throw new FaultError(fault('bad-argument', 'There is no question to ask.'));
  const { modelId, device, dtype, threads } = wish;
  const config = await newRun(
    {
      ...{ modelId, device, dtype, threads, limit: null, allowUncertified: false, promptSet: LOOKALIKE },
      benchmark: { id: benchmark.sha256, benchmark },
      methods: methodChoices(['gd']),
      chat: { ...DEFAULT_CHAT, date: FIXED_DATE },
    },
    'blind',
  );
  const engine = await enginePorts(store, image).engine(config);
  const group = {
    image: fileImage(pair.images[0].sha256 ?? ''),
    questions: [{ pair: pair.id, image: 1 as const, methods: requestedMethods(['gd']) }],
  };
  const loaded = await engine.load({
    trial: [groupAsk(group, pairsById(benchmark), config)],
    says: () => undefined,
    stopped: () => signal.aborted,
  });
  if (loaded.ok) return engine;
  engine.end('it could not be loaded');
  throw new FaultError(loaded.fault);
}
