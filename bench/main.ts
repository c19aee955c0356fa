import { fileImage } from '../src/core/images/ref.ts';
import { requestedMethods } from '../src/core/methods/registry.ts';
import { wrap, type Remote } from 'comlink';
import { fault, FaultError } from '../src/core/fault.ts';
import type { ProcessedImage } from '../src/core/images/types.ts';
import { addWork, NO_WORK, type Work } from '../src/core/plan/types.ts';
import type { LoadRequest } from '../src/protocol/engine.ts';
import type { GroupAsk, QuestionAsk } from '../src/core/plan/ask.ts';
import { spawnEngine } from '../src/bridge/spawn.ts';
import { EngineHost, type ImageSource } from '../src/engines/local/host.ts';
import type { NaiveApi } from './naive.worker.ts';
import { benchText } from './text.ts';

/** What `tools/bench.mjs` asks of the page. */
export interface BenchRequest {
  readonly base: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly dtype: LoadRequest['dtype'];
  readonly device: 'wasm' | 'webgpu';
  readonly threads: number;
  /** Images (side in pixels) and the questions on each; `naive`: how many questions the naive way also answers. */
  readonly side: number;
  readonly groups: readonly number[];
  readonly naive: number;
  readonly methods: readonly string[];
  /** New tokens of MC and FF answers, the same on both sides; null: no answers. */
  readonly limits: { readonly mc: number; readonly ff: number } | null;
}

export interface BenchResult {
  readonly questions: number;
  readonly naiveQuestions: number;
  /** Milliseconds of each question that both answered, alternating. */
  readonly pairs: readonly { readonly ours: number; readonly naive: number }[];
  readonly oursTotal: number;
  /** Milliseconds of each group, in their order; the first also warms up. */
  readonly groupTimes: readonly number[];
  readonly work: Work;
  readonly naiveWork: { readonly imageEncodes: number; readonly prefills: number; readonly tokens: number };
  readonly largestDifference: number;
  readonly heapPeak: number;
  readonly gpuPeak: number;
  readonly wasmPeak: number;
}

const PROMPTS = {
  name: 'lookalike',
  system: null,
  prompts: {
    letter:
      'Look at the image and choose the option that fits.\nQuestion: {q}\nA: {a}\nB: {b}\nReply with the letter of the option.',
    open: 'Question: {q}',
  },
};
const RUNG = { hideSubgroups: false, fp32Accumulation: false };

/** A picture of noise, already normalised to [-1, 1]: the bench measures the model, not the decoder. */
function picture(seed: number, side: number): ProcessedImage {
  const n = side * side;
  const data = new Float32Array(3 * n);
  let x = seed * 7919 + 1;
  for (let i = 0; i < data.length; i++) {
    x = (x * 1103515245 + 12345) % 2147483648;
    data[i] = x / 1073741824 - 1;
  }
  return {
    tensors: {
      pixel_values: { type: 'float32', dims: [1, 1, 3, side, side], data },
      pixel_attention_mask: { type: 'bool', dims: [1, 1, side, side], data: new Uint8Array(n).fill(1) },
    },
    layout: { tiles: 1, rows: 0, cols: 0, grid: null, tokens: null },
    notes: [],
    width: side,
    height: side,
  };
}

const ZONES = ['upper', 'middle', 'lower'];
const SIGNS = ['a nodule', 'a pleural effusion', 'an enlarged heart', 'a pacemaker with its lead'];
function question(group: number, index: number, methods: readonly string[]): QuestionAsk {
  const i = group * 5 + index;
  return {
    pair: `${group}-${index}`,
    image: 1,
    question: `Which finding is visible in the ${ZONES[i % 3] ?? ''} zone of this radiograph (case ${i})?`,
    options: {
      A: `There is ${SIGNS[i % 4] ?? ''} on the left side`,
      B: `${SIGNS[(i + 1) % 4] ?? ''} near the ${ZONES[(i + 2) % 3] ?? ''} border`,
    },
    methods: requestedMethods(methods),
  };
}

function askAbout(image: string, questions: readonly QuestionAsk[]): GroupAsk {
  return { image: fileImage(image), questions, promptSet: PROMPTS, paraphrases: [], shots: [] };
}

function shown(seed: number, { side }: BenchRequest): ImageSource {
  return { pixels: () => Promise.resolve({ ok: true, value: picture(seed, side) }) };
}

async function ok<T>(
  result: Promise<{ ok: true; value: T } | { ok: false; fault: ReturnType<typeof fault> }>,
): Promise<T> {
  const r = await result;
  if (!r.ok) throw new FaultError(r.fault);
  return r.value;
}

/** Ours and naive by turns: same model, device, threads and questions, one run. */
export async function bench(request: BenchRequest): Promise<BenchResult> {
  const source = { kind: 'served' as const, base: request.base, files: request.files };
  const model = { id: 'bench', revision: null, source, files: [], config: null };
  const host = new EngineHost(
    model,
    { name: 'bench', device: request.device, dtype: request.dtype, settings: RUNG },
    request.threads,
    spawnEngine,
  );
  await ok(host.load());
  const naive = request.naive > 0 ? await startNaive(request, source) : null;
  const pairs: { ours: number; naive: number }[] = [];
  const groupTimes: number[] = [];
  let [work, oursTotal, largest, questions]: [Work, number, number, number] = [{ ...NO_WORK }, 0, 0, 0];
  const naiveTexts = naive ? await render(host, request) : [];
  for (const [g, count] of request.groups.entries()) {
    const asked = Array.from({ length: count }, (_, i) => question(g, i, request.methods));
    const ask = askAbout(`image-${g}`, asked);
    const limits = request.limits ? { limits: request.limits } : {};
    const began = performance.now();
    const result = await ok(host.score(ask, shown(g, request), limits));
    const ours = performance.now() - began;
    oursTotal += ours;
    groupTimes.push(ours);
    questions += count;
    work = addWork(work, result.work);
    if (!naive || g >= naiveTexts.length) continue;
    const text = naiveTexts[g];
    if (!text) continue;
    const start = performance.now();
    const plain = await naive.score(text, picture(g, request.side), request.limits);
    pairs.push({ ours: ours / count, naive: performance.now() - start });
    const mine = result.outcomes
      .filter((o) => o.pair === `${g}-0`)
      .flatMap((o) =>
        o.status === 'scored' && o.options && o.method !== 'ps-official' ? [o.options.A.score, o.options.B.score] : [],
      );
    mine.forEach((x, i) => (largest = Math.max(largest, Math.abs(x - (plain[i] ?? NaN)))));
  }
  const meters = await host.meters();
  const naiveWork = naive ? await naive.counts() : { imageEncodes: 0, prefills: 0, tokens: 0 };
  host.drop('the bench is done');
  return {
    questions,
    naiveQuestions: pairs.length,
    pairs,
    oursTotal,
    groupTimes,
    work,
    naiveWork,
    largestDifference: largest,
    heapPeak: meters?.heapBytes ?? 0,
    gpuPeak: meters?.gpuBytesPeak ?? 0,
    wasmPeak: meters?.wasmBytes ?? 0,
  };
}

async function startNaive(request: BenchRequest, source: LoadRequest['source']): Promise<Remote<NaiveApi>> {
  const worker = new Worker(new URL('./naive.worker.ts', import.meta.url), { type: 'module' });
  const api = wrap<NaiveApi>(worker);
  await api.load({
    source,
    device: request.device,
    dtype: request.dtype,
    threads: request.threads,
    rung: RUNG,
    cacheBytes: 0,
  });
  return api;
}

/** The first question of each of the first `naive` groups, as rendered text. */
async function render(
  host: EngineHost,
  request: BenchRequest,
): Promise<{ gd: string; ps: string; options: [string, string] }[]> {
  const out: { gd: string; ps: string; options: [string, string] }[] = [];
  for (let g = 0; g < Math.min(request.naive, request.groups.length); g++) {
    const q = question(g, 0, ['gd', 'ps']);
    // Rendered on a picture of its own, so that the timed run still has to encode its image.
    const prompts = await host.render(askAbout('warm-up', [q]), shown(999, request));
    if (!prompts.ok) throw new FaultError(prompts.fault);
    const text = (m: string): string => prompts.value.find((p) => p.method === m)?.text ?? '';
    out.push({ gd: text('gd'), ps: text('ps'), options: [q.options.A, q.options.B] });
  }
  return out;
}

Object.assign(globalThis, { bench, benchText });
