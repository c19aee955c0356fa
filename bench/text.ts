import { spawnText } from '../src/bridge/spawn.ts';
import { FaultError, type Result } from '../src/core/fault.ts';
import type { Dtype, ModelSource } from '../src/protocol/model.ts';

/** What `tools/bench/text.mjs` asks of the page. */
export interface TextBenchRequest {
  readonly base: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly dtype: Dtype;
  readonly threads: number;
  /** New tokens of a reply. */
  readonly tokens: number;
}

export interface TextBenchResult {
  /** Seconds until the model could be asked. */
  readonly load: number;
  readonly promptTokens: number;
  readonly promptSeconds: number;
  readonly tokens: number;
  readonly decodeSeconds: number;
  readonly reply: string;
  /** Matrices that were unpacked from 4 bits. */
  readonly unpacked: number;
  readonly wasmBytes: number;
}

const WORDS = Array.from({ length: 40 }, (_, i) => `The nodule of case ${i} lies in the left lung.`).join(' ');
const USER = `${WORDS}\nTell at length what these cases have in common and where they differ.`;

/** A text model on WASM: a long prompt for its first token, then the same prompt again, whose state is at hand, for a reply. */
export async function benchText(request: TextBenchRequest): Promise<TextBenchResult> {
  const source: ModelSource = { kind: 'served', base: request.base, files: request.files };
  const client = spawnText();
  try {
    const { dtype, threads } = request;
    const rung = { hideSubgroups: false, fp32Accumulation: false };
    const loaded = value(await client.call((api) => api.load({ source, device: 'wasm', dtype, threads, rung })));
    const ask = async (user: string, limit: number) => {
      const began = performance.now();
      const prompt = { system: null, user };
      const reply = value(await client.call((api) => api.generate({ prompt, limit })));
      return { ...reply, seconds: (performance.now() - began) / 1000 };
    };
    await ask('Hello.', 2);
    const before = await work(client);
    const first = await ask(USER, 1);
    const after = await work(client);
    const whole = await ask(USER, request.tokens);
    return {
      load: loaded.seconds,
      promptTokens: after.work.computed - before.work.computed,
      promptSeconds: first.seconds,
      tokens: whole.tokens,
      decodeSeconds: whole.seconds,
      reply: whole.text,
      unpacked: loaded.unpacked,
      wasmBytes: after.wasmBytes,
    };
  } finally {
    client.kill('the bench is done');
  }
}

async function work(client: ReturnType<typeof spawnText>) {
  return client.call(async (api) => ({ ok: true as const, value: await api.meters() })).then(value);
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new FaultError(result.fault);
  return result.value;
}
