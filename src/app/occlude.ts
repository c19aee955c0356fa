import { spawnPixels } from '../bridge/spawn.ts';
import type { Benchmark, ImageIndex, Letter, Pair } from '../core/benchmark/types.ts';
import { canonicalJson } from '../core/exchange/canonical.ts';
import { fault, FaultError, orThrow } from '../core/fault.ts';
import type { Mark } from '../core/images/marks/mark.ts';
import { imageKey, type ImageRef } from '../core/images/ref.ts';
import type { PixelPolicy, Raster } from '../core/images/types.ts';
import { requestedMethods, methodOf } from '../core/methods/registry.ts';
import { occlusionMap, type OcclusionMap } from '../core/occlusion/map.ts';
import { imagesOfPlan, planOcclusion, type OcclusionPlan, type OcclusionSettings } from '../core/occlusion/plan.ts';
import { addWork, NO_WORK, type Work } from '../core/plan/types.ts';
import { SCORING_VERSION } from '../core/records/record.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import type { Engine, EngineFacts } from '../engines/engine.ts';
import { sha256 } from '../store/hash.ts';
import { groupAsk, pairsById } from '../run/requests.ts';

/** One image of a pair that is to be looked at. */
export interface Look {
  readonly pair: Pair;
  readonly image: ImageIndex;
  /** Marks whose regions are hidden one at a time, besides the cells. */
  readonly regions: readonly Mark[];
}

export interface OcclusionRequest {
  readonly benchmark: Benchmark;
  readonly config: RunConfig;
  readonly settings: OcclusionSettings;
  readonly looks: readonly Look[];
}

export interface OcclusionPorts {
  engine(config: RunConfig): Promise<Engine>;
  kept(key: string): Promise<OcclusionMap | null>;
  /** A map is whole. @param soFar what was done until then, and with what */
  keep(key: string, map: OcclusionMap, soFar: Pick<Occluded, 'work' | 'facts'>): Promise<void>;
  says(what: string, done: number, total: number): void;
  stopped(): boolean;
}

export interface Occluded {
  readonly maps: readonly { readonly key: string; readonly map: OcclusionMap }[];
  readonly work: Work;
  /** null where every map was kept. */
  readonly facts: EngineFacts | null;
  readonly messages: readonly string[];
}

/** Encodes that looks cost where nothing is kept; shown before they are made. */
export function encodesOf({ settings, looks }: Pick<OcclusionRequest, 'settings' | 'looks'>): number {
  return looks.reduce((n, l) => n + imagesOfPlan(planOcclusion(l.pair, l.image, settings, l.regions)).length, 0);
}

/**
 * Looks where a model looks: asks each question with the whole image and with each cell hidden. What was looked at before is not asked again.
 * @throws FaultError; 'stopped' when the user asked for it: maps that were finished are kept
 */
export async function occlude(request: OcclusionRequest, ports: OcclusionPorts): Promise<Occluded> {
  const plans = request.looks.map((l) => planOcclusion(l.pair, l.image, request.settings, l.regions));
  checkMethod(request.settings.method);
  const engine = await ports.engine(request.config);
  const keys = await Promise.all(plans.map((plan) => keyOf(plan, request, engine)));
  const maps = await Promise.all(keys.map((key) => ports.kept(key)));
  const open = plans.flatMap((plan, i) => (maps[i] === null ? [{ plan, i }] : []));
  const total = open.reduce((n, { plan }) => n + imagesOfPlan(plan).length, 0);
  let work: Work = NO_WORK;
  let facts: EngineFacts | null = null;
  let messages: readonly string[] = [];
  let done = 0;
  try {
    if (open.length > 0) {
      const loaded = await load(
        engine,
        request,
        open.map((o) => o.plan),
        ports,
      );
      ({ facts, messages } = loaded);
      work = { ...NO_WORK, imageEncodes: loaded.encoded };
    }
    for (const { plan, i } of open) {
      const answers: Readonly<Record<Letter, number>>[] = [];
      const images = imagesOfPlan(plan);
      for (const [n, image] of images.entries()) {
        if (ports.stopped()) throw new FaultError(fault('stopped', 'Looking was stopped.'));
        ports.says(`pair ${plan.pair}, image ${plan.image}`, done, total);
        const answer = await ask(engine, request, plan, image, images[n + 1] ?? null);
        answers.push(answer.scores);
        work = addWork(work, answer.work);
        done += 1;
      }
      const map = occlusionMap(headOf(plan, request), answers);
      maps[i] = map;
      await ports.keep(keys[i] ?? '', map, { work, facts });
    }
    ports.says('done', done, total);
  } finally {
    engine.end('everything was looked at');
  }
  const found = maps.flatMap((map, i) => (map === null ? [] : [{ key: keys[i] ?? '', map }]));
  return { maps: found, work, facts, messages };
}

function checkMethod(name: string): void {
  const [request] = requestedMethods([name]);
  if (request?.condition === null && methodOf(request).reads !== 'text') return;
  throw new FaultError(
    fault('bad-argument', `"${name}" reads no likelihoods, so nothing can be seen in a map of it. Choose gd or ps.`),
  );
}

/** SHA-256 of everything that a map depends on: the same key is the same map. */
function keyOf(plan: OcclusionPlan, { config, settings, looks }: OcclusionRequest, engine: Engine): Promise<string> {
  const pair = looks.find((l) => l.pair.id === plan.pair)?.pair;
  const { promptSetSha256, shotImages = {}, device, dtype, threads, policy, chat = null } = config;
  const { question, options } = pair ?? { question: '', options: { A: '', B: '' } };
  const parts = canonicalJson({
    ...{ images: imagesOfPlan(plan).map(imageKey), method: settings.method, question, options },
    model: engine.model.files.map(({ path, sha256 }) => [path, sha256]),
    ...{ promptSetSha256, shotImages, device, dtype, threads, policy, chat, scoring: SCORING_VERSION },
  });
  return sha256(new TextEncoder().encode(parts));
}

function headOf(plan: OcclusionPlan, { benchmark, settings }: OcclusionRequest) {
  const own = benchmark.pairs.find((p) => p.id === plan.pair)?.images[plan.image === 1 ? 0 : 1];
  if (!own) throw new FaultError(fault('internal', `Pair ${plan.pair} is planned but not in the benchmark.`));
  const { grid, fill, method } = settings;
  return { pair: plan.pair, image: plan.image, imageSha256: own.sha256 ?? '', method, right: own.right, grid, fill };
}

function groupOf(plan: OcclusionPlan, image: ImageRef, { benchmark, config, settings }: OcclusionRequest) {
  const methods = requestedMethods([settings.method]);
  const group = { image, questions: [{ pair: plan.pair, image: plan.image, methods }] };
  return groupAsk(group, pairsById(benchmark), config);
}

async function load(
  engine: Engine,
  request: OcclusionRequest,
  plans: readonly OcclusionPlan[],
  ports: OcclusionPorts,
): Promise<{ facts: EngineFacts; messages: readonly string[]; encoded: number }> {
  const loaded = orThrow(
    await engine.load({
      trial: plans.map((plan) => groupOf(plan, plan.plain, request)),
      says: ({ kind, what }) => ports.says(`${kind} ${what}`, 0, 0),
      stopped: () => ports.stopped(),
    }),
  );
  // Whole images that were encoded while the device was checked are at hand, and count as the plan's.
  const planned = new Set(plans.map((plan) => imageKey(plan.plain)));
  const encoded = loaded.images.filter((image) => planned.has(imageKey(image))).length;
  return { facts: loaded.facts, messages: loaded.messages, encoded };
}

async function ask(
  engine: Engine,
  request: OcclusionRequest,
  plan: OcclusionPlan,
  image: ImageRef,
  next: ImageRef | null,
): Promise<{ scores: Readonly<Record<Letter, number>>; work: Work }> {
  const answer = orThrow(await engine.score(groupOf(plan, image, request), next));
  const outcome = answer.outcomes.find((o) => o.method === request.settings.method);
  if (outcome?.status === 'failed') throw new FaultError(outcome.fault);
  if (!outcome?.options)
    throw new FaultError(fault('internal', `Pair ${plan.pair} was asked and gave no likelihoods.`));
  return { scores: { A: outcome.options.A.score, B: outcome.options.B.score }, work: answer.work };
}

/** The upright RGB pixels of an image file, by the image worker. */
export async function rastersOf(blobs: readonly Blob[], policy: PixelPolicy): Promise<readonly Raster[]> {
  const client = spawnPixels();
  try {
    const rasters: Raster[] = [];
    for (const blob of blobs) {
      const decoded = orThrow(await client.call((api) => api.decode(blob, policy)));
      rasters.push(decoded.raster);
    }
    return rasters;
  } finally {
    client.kill('the images are decoded');
  }
}
