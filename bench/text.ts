import { spawnText } from '../src/bridge/spawn.ts';
import { FaultError, type Result } from '../src/core/fault.ts';
import type { Dtype, ModelSource } from '../src/protocol/model.ts';

/** What `tools/bench/text.mjs` asks of the page. */
export interface TextBenchRequest {
  readonly base: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  /** One text model in each of these, all loaded together. */
  readonly dtypes: readonly Dtype[];
  readonly threads: number;
  /** In each, every dtype computes one prompt and then writes one reply of `tokens` behind it. */
  readonly turns: number;
  readonly tokens: number;
}

/** Milliseconds a token of one turn. */
export interface TextTurn {
  readonly prompt: number;
  readonly reply: number;
}

export interface TextBenchResult {
  readonly promptTokens: number;
  readonly tokens: number;
  readonly dtypes: readonly {
    readonly turns: readonly TextTurn[];
    /** Seconds until the model could be asked. */
    readonly load: number;
    /** Matrices that were unpacked from 4 bits. */
    readonly unpacked: number;
    readonly wasmBytes: number;
  }[];
}

const WORDS = Array.from({ length: 20 }, (_, i) => `The nodule of case ${i} lies in the left lung.`).join(' ');
/** Prompts that part at their beginning, so that each is computed whole. */
const user = (turn: number): string =>
  `Round ${turn}. ${WORDS}\nTell at length what these cases have in common and where they differ.`;

/** A text model in several dtypes on WASM, by turns. */
export async function benchText(request: TextBenchRequest): Promise<TextBenchResult> {
  const source: ModelSource = { kind: 'served', base: request.base, files: request.files };
  const models = [];
  for (const dtype of request.dtypes) models.push(await open(source, dtype, request.threads));
  try {
    for (let turn = 0; turn <= request.turns; turn++) for (const m of models) await m.turn(turn, request.tokens);
    const dtypes = await Promise.all(models.map((m) => m.result()));
    const [first] = models;
    return { promptTokens: first?.promptTokens() ?? 0, tokens: request.tokens, dtypes };
  } finally {
    for (const m of models) m.end();
  }
}

async function open(source: ModelSource, dtype: Dtype, threads: number) {
  const client = spawnText();
  const rung = { hideSubgroups: false, fp32Accumulation: false };
  const loaded = value(await client.call((api) => api.load({ source, device: 'wasm', dtype, threads, rung })));
  const meters = async () =>
    value(await client.call(async (api) => ({ ok: true as const, value: await api.meters() })));
  const turns: TextTurn[] = [];
  let promptTokens = 0;
  const ask = async (turn: number, limit: number) => {
    const began = performance.now();
    const prompt = { system: null, user: user(turn) };
    const reply = value(await client.call((api) => api.generate({ prompt, limit })));
    return { tokens: reply.tokens, ms: performance.now() - began };
  };
  return {
    turn: async (turn: number, limit: number): Promise<void> => {
      const before = (await meters()).work.computed;
      const first = await ask(turn, 1);
      promptTokens = (await meters()).work.computed - before;
      const reply = await ask(turn, limit);
      // The first turn warms up.
      if (turn > 0) turns.push({ prompt: first.ms / promptTokens, reply: reply.ms / reply.tokens });
    },
    promptTokens: () => promptTokens,
    result: async () => ({
      turns,
      load: loaded.seconds,
      unpacked: loaded.unpacked,
      wasmBytes: (await meters()).wasmBytes,
    }),
    end: () => client.kill('the bench is done'),
  };
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new FaultError(result.fault);
  return result.value;
}
