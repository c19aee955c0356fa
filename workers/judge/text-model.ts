import { AutoModelForCausalLM } from '@huggingface/transformers';
import type { InferenceSession } from 'onnxruntime-web/webgpu';
import type { Letter } from '../../src/core/benchmark/types.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import { plainPositions } from '../../src/core/families/common.ts';
import { at } from '../../src/core/json.ts';
import { planTree, type PlannedSequence } from '../../src/core/plan/tree.ts';
import { NO_WORK } from '../../src/core/plan/types.ts';
import { optionTokens } from '../../src/core/scoring/tokens.ts';
import type {
  JudgeAnswer,
  JudgeAsk,
  JudgeLikelihoods,
  JudgeLoadRequest,
  JudgePrompt,
} from '../../src/protocol/judge.ts';
import { createLru } from '../engine/cache.ts';
import { createDecoder, type Decoder } from '../engine/decoder.ts';
import { executeTree, type ExecuteDeps, type Readings } from '../engine/execute.ts';
import { openFiles } from '../engine/files.ts';
import { createGpuMeter } from '../engine/gpu.ts';
import { configureRuntime, LOCAL_ID } from '../engine/runtime.ts';
import { stopIds } from '../engine/stops.ts';
import { loadTokenizer, type ChatMessage, type Tokenizer } from '../engine/tokenizer.ts';

/** A text model on the device: greedy replies and likelihoods, by the same tree and executor as the model under test. */
export interface TextModel {
  readonly modelType: string;
  ask(request: JudgeAsk): Promise<JudgeAnswer>;
  dispose(): Promise<void>;
}

const RUNG = { hideSubgroups: true, fp32Accumulation: false };
const REPLY = 'reply';
const LETTERS = ['A', 'B'] as const;

export async function openTextModel(request: JudgeLoadRequest): Promise<TextModel> {
  const files = openFiles(request.source);
  configureRuntime(files, request.threads, RUNG, createGpuMeter());
  const config = await files.json('config.json');
  if (config === null)
    throw new FaultError(fault('bad-model', "The judge's folder has no config.json. Bring the whole folder."));
  const tokenizer = await loadTokenizer(files);
  if (tokenizer.render === null)
    throw new FaultError(fault('bad-model', 'The judge has no chat template, so it cannot be asked.'));
  const model = await AutoModelForCausalLM.from_pretrained(LOCAL_ID, { device: request.device, dtype: request.dtype });
  const session = (model.sessions as Record<string, InferenceSession>)['model'];
  if (!session) throw new FaultError(fault('bad-model', 'The judge has no decoder session (onnx/model.onnx).'));
  const decoder = createDecoder(session);
  const stops = await stopIds(files, tokenizer);
  const type = at(config, 'model_type');
  return {
    modelType: typeof type === 'string' ? type : 'unknown',
    ask: (request) => ask(request, tokenizer, decoder, stops),
    dispose: async () => {
      await model.dispose();
    },
  };
}

/** The rendered prompt; a template without a place for system text gets it in front of the user's. */
function render(prompt: JudgePrompt, tokenizer: Tokenizer): string {
  const ask = tokenizer.render;
  if (ask === null) throw new FaultError(fault('bad-model', 'The judge has no chat template, so it cannot be asked.'));
  const user: ChatMessage = { role: 'user', content: prompt.user };
  if (prompt.system === null) return ask([user]);
  try {
    return ask([{ role: 'system', content: prompt.system }, user]);
  } catch {
    return ask([{ role: 'user', content: `${prompt.system}\n\n${prompt.user}` }]);
  }
}

function deps(decoder: Decoder, stops: ReadonlySet<number>, sequences: readonly PlannedSequence[]): ExecuteDeps {
  const positions = (ids: readonly number[]): number[][] =>
    plainPositions(ids.length, Math.max(1, decoder.positionRows));
  const byKey = new Map(
    sequences.map((s) => [s.key, { imageTokenId: -1, images: [], positions: positions(s.ids), feeds: {} }]),
  );
  return {
    decoder,
    embed: null,
    cache: createLru(
      0,
      (s) => s.bytes,
      (s) => s.dispose(),
    ),
    settings: { stopIds: stops, positionsOf: (_s, ids) => positions(ids) },
    sharedKey: () => null,
    contextOf: (key) => byKey.get(key) ?? { imageTokenId: -1, images: [], positions: [], feeds: {} },
    work: { ...NO_WORK },
  };
}

/** Reply and likelihoods as branches of one tree: the prompt is computed once. */
async function ask(
  { prompt, limit, texts }: JudgeAsk,
  tokenizer: Tokenizer,
  decoder: Decoder,
  stops: ReadonlySet<number>,
): Promise<JudgeAnswer> {
  const rendered = render(prompt, tokenizer);
  const ids = tokenizer.encodePrompt(rendered);
  const reply: PlannedSequence = { key: REPLY, ids, promptLength: ids.length, reads: [], decode: limit };
  const options =
    texts === null ? [] : LETTERS.map((letter) => option(letter, texts[letter], rendered, ids, tokenizer));
  const sequences = [reply, ...options.map((o) => o.sequence)];
  const readings = await executeTree(planTree(sequences), sequences, deps(decoder, stops, sequences));
  const [A, B] = options.map((o) => score(o, readings));
  return { text: tokenizer.decode(readings.decoded(REPLY)), likelihoods: A && B ? { A, B } : null };
}

interface PlannedOption {
  readonly sequence: PlannedSequence;
  readonly start: number;
  readonly tokens: readonly number[];
}

function option(
  letter: Letter,
  text: string,
  rendered: string,
  prefix: readonly number[],
  tokenizer: Tokenizer,
): PlannedOption {
  const ids = tokenizer.encodePrompt(rendered + text);
  const { start, tokens } = optionTokens(prefix, ids);
  if (tokens.length === 0)
    throw new FaultError(fault('bad-prompt', `The option "${text}" has no tokens of its own for the judge.`));
  const reads = tokens.map((t, j) => ({ position: start - 1 + j, targets: [t] }));
  return { tokens, start, sequence: { key: letter, ids, promptLength: start, reads, decode: 0 } };
}

function score({ sequence, start, tokens }: PlannedOption, readings: Readings): JudgeLikelihoods[Letter] {
  const tokenLogprobs = tokens.map((t, j) => {
    const p = readings.at(sequence.key, start - 1 + j).get(t);
    if (p === undefined) throw new RangeError(`log p of token ${t} was not read.`);
    return p;
  });
  const sum = tokenLogprobs.reduce((a, b) => a + b, 0);
  return { score: sum / tokens.length, sum, tokens, tokenLogprobs };
}
