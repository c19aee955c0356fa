import { AutoModelForCausalLM } from '@huggingface/transformers';
import type { InferenceSession } from 'onnxruntime-web/webgpu';
import { fault, FaultError } from '../../src/core/fault.ts';
import { DEFAULT_CHAT } from '../../src/core/chat/settings.ts';
import { at } from '../../src/core/json.ts';
import { logSoftmaxAt } from '../../src/core/methods/likelihood.ts';
import { optionTokens } from '../../src/core/methods/option-tokens.ts';
import { stoppedReply } from '../../src/core/methods/stop.ts';
import { scaledByRun } from '../../src/core/models/dtypes.ts';
import { sessionPaths } from '../../src/core/models/folder.ts';
import { plainPositions } from '../../src/core/models/families/common.ts';
import type { OptionScore } from '../../src/core/records/record.ts';
import type {
  Generated,
  GenerateRequest,
  LikelihoodsRequest,
  LoadedText,
  TextLoadRequest,
  TextPrompt,
  TextWork,
} from '../../src/protocol/text.ts';
import { createDecoder, type Decoder, type Logits, type State, type Step } from '../language/decoder.ts';
import { generate } from '../language/generate.ts';
import { PrefixHolder } from '../language/prefix.ts';
import { chooser } from '../language/sampling.ts';
import { stopIds } from '../language/stops.ts';
import { loadTokenizer, type ChatMessage, type Tokenizer } from '../language/tokenizer.ts';
import { truncateState } from '../language/truncate.ts';
import { externalData, withData } from '../onnx/external.ts';
import { openFiles } from '../onnx/files.ts';
import { adapterFacts, type GpuMeter } from '../onnx/gpu.ts';
import { configureRuntime, libraryVersions, LOCAL_ID } from '../onnx/runtime.ts';
import { startRuntime } from '../onnx/start.ts';
import { sessionOptions } from '../onnx/session-options.ts';
import { int64 } from '../onnx/tensors.ts';

/** Session file of a text model, without dtype suffix and ending. */
const SESSION = 'model';

/** A text model on the device: replies, and likelihoods of continuations. One request at a time. */
export class TextModel {
  readonly loaded: LoadedText;
  private readonly parts: Parts;
  private readonly held: PrefixHolder;
  private readonly done = { computed: 0, reused: 0, decoded: 0 };
  private cancelled = false;

  constructor(parts: Parts, loaded: LoadedText) {
    this.parts = parts;
    this.loaded = loaded;
    this.held = new PrefixHolder({
      decoder: parts.decoder,
      alone: parts.alone,
      step: (ids, start, end) => this.step(ids, start, end),
      truncate: (state, length) => truncateState(state, length, parts.gpu()),
      count: (computed, reused) => {
        this.done.computed += computed;
        this.done.reused += reused;
      },
    });
  }

  work(): TextWork {
    return { ...this.done };
  }

  /** Ends the request in hand. */
  cancel(): void {
    this.cancelled = true;
  }

  async generate(request: GenerateRequest): Promise<Generated> {
    this.cancelled = false;
    const { tokenizer, decoder, stops } = this.parts;
    const ids = this.encode(render(request.prompt, tokenizer), request.limit);
    const { state, last } = await this.held.at(ids);
    const { stop } = request;
    const reply = (list: readonly number[]): string | null =>
      stop === undefined ? null : stoppedReply(tokenizer.decode(list), stop);
    const out = await generate(last, state, request.limit, {
      decoder,
      stopIds: stops,
      choose: chooser(request.sampling),
      step: (token, position) => this.stepAt([token], position),
      complete: (list) => reply(list) !== null,
      cancelled: () => this.cancelled,
      count: () => {
        this.done.decoded += 1;
      },
    });
    return { text: reply(out.ids) ?? tokenizer.decode(out.ids), tokens: out.ids.length, ended: out.ended };
  }

  async likelihoods({ prompt, texts }: LikelihoodsRequest, plain = this.parts.alone): Promise<readonly OptionScore[]> {
    this.cancelled = false;
    const rendered = render(prompt, this.parts.tokenizer);
    const ids = this.encode(rendered, 0);
    const scores: OptionScore[] = [];
    for (const text of texts) {
      if (this.cancelled) throw new FaultError(fault('stopped', 'The text model was stopped.'));
      const whole = this.encode(rendered + text, 0);
      const { start, tokens } = optionTokens(ids, whole);
      if (tokens.length === 0)
        throw new FaultError(fault('bad-prompt', `The text "${text}" has no tokens of its own behind the prompt.`));
      const logprobs = plain ? await this.whole(whole, start) : await this.behind(ids, whole, start);
      const sum = logprobs.reduce((a, b) => a + b, 0);
      scores.push({ score: sum / tokens.length, sum, tokens, tokenLogprobs: logprobs });
    }
    return scores;
  }

  /** log p of a sequence's tokens from `start`, behind the held prompt. */
  private async behind(ids: readonly number[], whole: readonly number[], start: number): Promise<readonly number[]> {
    // Where the tokenizer merges across the boundary, the prompt that is shared ends before the prompt does.
    const { state, last } = await this.held.at(start === ids.length ? ids : whole.slice(0, start));
    const first = readRow(last, whole[start]);
    if (start === whole.length - 1) return [first];
    return [first, ...(await this.read(state, whole, start))];
  }

  /** The same by one forward of the whole sequence. */
  private async whole(whole: readonly number[], start: number): Promise<readonly number[]> {
    const empty = this.parts.decoder.empty();
    try {
      return await this.read(empty, whole, 0, start - 1);
    } finally {
      empty.dispose();
    }
  }

  /** log p of the tokens behind `first`, by extending a state of `from` tokens to all but the last. */
  private async read(state: State, whole: readonly number[], from: number, first = from): Promise<readonly number[]> {
    const end = whole.length - 1;
    const out = await this.parts.decoder.extend(state, this.step(whole, from, end), end - first);
    out.state.dispose();
    this.done.computed += end - from;
    const { logits } = out;
    return whole.slice(first + 1).map((token, j) => readRow(rowAt(logits, end - first, j), token));
  }

  private encode(text: string, limit: number): number[] {
    const ids = this.parts.tokenizer.encodePrompt(text);
    const { context } = this.parts;
    if (context !== null && ids.length + limit > context)
      throw new FaultError(
        fault(
          'bad-prompt',
          `The prompt takes ${ids.length} tokens and the reply up to ${limit}; this text model takes ${context} in all. Choose one with a longer context.`,
          { tokens: ids.length, limit, context },
        ),
      );
    return ids;
  }

  private step(ids: readonly number[], start: number, end: number): Step {
    return this.stepAt(ids.slice(start, end), start);
  }

  private stepAt(part: readonly number[], start: number): Step {
    const rows = Math.max(1, this.parts.decoder.positionRows);
    const positions = plainPositions(start + part.length, rows).map((row) => row.slice(start));
    return { count: part.length, feeds: { input_ids: int64(part, [1, part.length]) }, positions };
  }

  async dispose(): Promise<void> {
    this.held.dispose();
    await this.parts.release();
  }
}

interface Parts {
  readonly tokenizer: Tokenizer;
  readonly decoder: Decoder;
  readonly stops: ReadonlySet<number>;
  /** Most tokens that a sequence may have; null: the folder does not say. */
  readonly context: number | null;
  /** Each sequence takes a run of its own. */
  readonly alone: boolean;
  gpu(): GPUDevice | null;
  release(): Promise<void>;
}

/** @throws FaultError 'bad-model' for a folder that is no text model that can be asked */
export async function openTextModel(request: TextLoadRequest, meter: GpuMeter): Promise<TextModel> {
  const began = performance.now();
  const files = openFiles(request.source);
  configureRuntime(files, request, meter);
  await startRuntime();
  const config = await files.json('config.json');
  if (config === null)
    throw new FaultError(fault('bad-model', "The text model's folder has no config.json. Bring the whole folder."));
  const tokenizer = await loadTokenizer(files);
  if (tokenizer.render === null) throw new FaultError(noTemplate());
  const wanted = { ...request, dtype: { [SESSION]: request.dtype }, prepack: true };
  const [graph = '', ...announced] = sessionPaths(SESSION, request.dtype, config);
  const external = await externalData(files, [{ graph, announced }]);
  const options = await sessionOptions(files, wanted, config, [SESSION], [SESSION]);
  const model = await AutoModelForCausalLM.from_pretrained(LOCAL_ID, {
    device: request.device,
    dtype: request.dtype,
    ...withData(options.session, external),
  });
  const session = (model.sessions as Record<string, InferenceSession>)[SESSION];
  if (!session) throw new FaultError(fault('bad-model', 'The text model has no decoder session (onnx/model.onnx).'));
  const [type, context] = [at(config, 'model_type'), at(config, 'max_position_embeddings')];
  const facts = request.device === 'webgpu' ? await adapterFacts() : { adapter: null, features: [], limits: {} };
  return new TextModel(
    {
      tokenizer,
      decoder: createDecoder(session),
      stops: await stopIds(files, tokenizer),
      alone: scaledByRun({ [SESSION]: request.dtype }),
      context: typeof context === 'number' && context > 0 ? context : null,
      gpu: () => meter.devices().at(-1) ?? null,
      release: async () => void (await model.dispose()),
    },
    {
      modelType: typeof type === 'string' ? type : 'unknown',
      device: { ...facts, threads: request.threads },
      libraries: {
        ...libraryVersions(),
        ...(options.unpacked > 0 ? { 'decoder weights': 'unpacked from 4 bits to fp32 at load' } : {}),
      },
      unpacked: options.unpacked,
      seconds: (performance.now() - began) / 1000,
    },
  );
}

function noTemplate(): ReturnType<typeof fault> {
  return fault('bad-model', 'The text model has no chat template, so it cannot be asked.');
}

/** The rendered prompt; a template without a place for system text gets it in front of the user's. */
function render(prompt: TextPrompt, tokenizer: Tokenizer): string {
  const ask = tokenizer.render;
  if (ask === null) throw new FaultError(noTemplate());
  const user: ChatMessage = { role: 'user', content: prompt.user };
  if (prompt.system === null) return ask([user], DEFAULT_CHAT);
  try {
    return ask([{ role: 'system', content: prompt.system }, user], DEFAULT_CHAT);
  } catch {
    return ask([{ role: 'user', content: `${prompt.system}\n\n${prompt.user}` }], DEFAULT_CHAT);
  }
}

/** The j-th of the last `count` rows: sessions give all rows or those that were asked for. */
function rowAt(logits: Logits, count: number, j: number): Float32Array {
  const index = logits.rows - count + j;
  if (index < 0)
    throw new FaultError(fault('runtime', `The decoder gave ${logits.rows} rows of logits where ${count} are needed.`));
  return logits.row(index);
}

function readRow(row: Float32Array, token: number | undefined): number {
  if (token === undefined) throw new FaultError(fault('internal', 'There is no token to read.'));
  try {
    return logSoftmaxAt(row, [token]).get(token) ?? Number.NEGATIVE_INFINITY;
  } catch (e) {
    if (e instanceof RangeError)
      throw new FaultError(fault('device-wrong', `The device gave logits that are not numbers: ${e.message}`));
    throw e;
  }
}
