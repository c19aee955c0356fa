import { fileImage } from '../../../src/core/images/ref.ts';
import { transfer, wrap } from 'comlink';
import { DEFAULT_PIXEL_POLICY } from '../../../src/core/images/types.ts';
import { requestedMethods } from '../../../src/core/methods/registry.ts';
import type { PromptSet } from '../../../src/core/prompts/types.ts';
import type { TreeWork, Work } from '../../../src/core/plan/types.ts';
import type { Outcome } from '../../../src/core/records/outcome.ts';
import type { QuestionAsk, RenderedPrompt } from '../../../src/core/plan/ask.ts';
import type { Rung } from '../../../src/protocol/engine.ts';
import type { Device, DtypeMap } from '../../../src/protocol/model.ts';
import type { PixelsApi } from '../../../src/protocol/pixels.ts';
import { withEngine } from './engine.ts';

/** A question whose methods are named as results name them. */
type AskedQuestion = Omit<QuestionAsk, 'methods'> & { readonly methods: readonly string[] };

export interface ScoreRequest {
  readonly base: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly device: Device;
  readonly dtype: DtypeMap;
  readonly rung: Rung;
  /** Left out: as the product scores. */
  readonly plain?: boolean;
  readonly promptSet: PromptSet;
  readonly items: readonly { readonly image: string; readonly question: AskedQuestion }[];
  /** As in a load request: most bytes that unpacked weights may take. */
  readonly unpackBytes?: number;
  /** Also render prompts. */
  readonly render: boolean;
}

export interface Scored {
  readonly outcomes: readonly Outcome[];
  readonly rendered: readonly (RenderedPrompt & { readonly pair: string; readonly image: number })[];
  /** Of the loaded model: matrices unpacked at load, and what it depends on. */
  readonly unpacked: number;
  readonly libraries: Readonly<Record<string, string>>;
  /** What must be said beside the model's scores. */
  readonly caveat: string | null;
  /** Of each item: its image as one vector (core/images/mean-feature.ts). */
  readonly vectors: readonly (readonly number[])[];
  readonly works: readonly { readonly planned: TreeWork; readonly work: Work }[];
}

/** Scores questions of a served model folder with the product's own workers: pixels prepared by one, scored by the other. */
export async function score(request: ScoreRequest): Promise<Scored> {
  const worker = new Worker(new URL('../../../workers/pixels/pixels.worker.ts', import.meta.url), { type: 'module' });
  const pixels = wrap<PixelsApi>(worker);
  try {
    return await withEngine(async (engine) => {
      const source = { kind: 'served' as const, base: request.base, files: request.files };
      const { device, dtype, rung, plain, promptSet } = request;
      const unpack = request.unpackBytes === undefined ? {} : { unpackBytes: request.unpackBytes };
      const loaded = await engine.load({ source, device, dtype, rung, threads: 2, cacheBytes: 2 ** 28, ...unpack });
      if (!loaded.ok) throw new Error(loaded.fault.message);
      const settings = { modelType: loaded.value.modelType, ...loaded.value.files, policy: DEFAULT_PIXEL_POLICY };
      const outcomes: Outcome[] = [];
      const rendered: Scored['rendered'][number][] = [];
      const works: Scored['works'][number][] = [];
      const vectors: (readonly number[])[] = [];
      for (const { image, question } of request.items) {
        const ready = (await engine.hasFeatures(fileImage(image)))
          ? null
          : await pixels.prepare(await (await fetch(image)).blob(), settings);
        if (ready && !ready.ok) throw new Error(ready.fault.message);
        const tensors = ready?.value ?? null;
        const asked = { ...question, methods: requestedMethods(question.methods) };
        const ask = { image: fileImage(image), questions: [asked], promptSet, paraphrases: [], shots: [] };
        const group = { ask, image: { pixels: tensors, features: null }, shots: [] };
        const buffers = tensors ? Object.values(tensors.tensors).map((t) => t.data.buffer as ArrayBuffer) : [];
        const result = await engine.score(transfer(group, buffers), plain === undefined ? {} : { plain });
        if (!result.ok) throw new Error(result.fault.message);
        outcomes.push(...result.value.outcomes);
        vectors.push([...(result.value.imageVector ?? [])]);
        works.push({ planned: result.value.planned, work: result.value.work });
        if (!request.render) continue;
        const prompts = await engine.render({ ...group, image: { pixels: null, features: null } });
        if (!prompts.ok) throw new Error(prompts.fault.message);
        rendered.push(...prompts.value.map((p) => ({ ...p, pair: question.pair, image: question.image })));
      }
      const { unpacked, libraries, caveat } = loaded.value;
      return { outcomes, rendered, vectors, works, unpacked, libraries, caveat };
    });
  } finally {
    worker.terminate();
  }
}
