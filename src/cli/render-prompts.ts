import { bundleOf } from '../app/results/bundle.ts';
import { askedPairs, limitedBundle, replayConfig } from '../app/results/replay.ts';
import { resolveModel } from '../app/models.ts';
import type { Benchmark } from '../core/benchmark/types.ts';
import type { PromptTokens } from '../core/exchange/bundle.ts';
import { causesOf } from '../core/exchange/replay-causes.ts';
import type { ReplaySide } from '../core/exchange/replay.ts';
import { fault, FaultError, orThrow } from '../core/fault.ts';
import { nameOf } from '../core/methods/names.ts';
import { requestedMethods } from '../core/methods/registry.ts';
import { SERVED } from '../core/models/builtin.ts';
import type { RenderedPrompt } from '../core/plan/ask.ts';
import { planGroups, recordedImages } from '../core/plan/groups.ts';
import type { Group } from '../core/plan/types.ts';
import type { Engine } from '../engines/engine.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import { groupAsk, pairsById } from '../run/requests.ts';
import { openStore } from '../store/db.ts';
import { readServedBenchmark, readShots } from './data.ts';
import { drivePorts } from './ports.ts';
import { progressOf } from './progress.ts';
import type { DriveContext, ServedFolder } from './types.ts';

/** A bundle whose prompts are wanted as the model reads them. */
export interface RenderRequest {
  readonly name: string;
  /** The texts of its zip, by their path. */
  readonly texts: Readonly<Record<string, string>>;
  readonly benchmark: ServedFolder;
  readonly model: ServedFolder;
  readonly shots: ServedFolder | null;
}

/**
 * The prompts of a bundle's questions with their token ids, rendered by the run's own model.
 * @throws FaultError 'another-run' where model or benchmark are others than the run's
 */
export async function renderPrompts(
  request: RenderRequest,
  { control, report }: DriveContext,
): Promise<readonly PromptTokens[]> {
  const bundle = limitedBundle(await bundleOf(request.name, new Map(Object.entries(request.texts))), null);
  const { benchmark: whole, image: ofBenchmark } = await readServedBenchmark(request.benchmark, report, control.signal);
  const benchmark = askedPairs(whole, bundle.records);
  const shots = await readShots(bundle.prompts.promptSet, request.shots);
  const modelId = `${SERVED}${request.model.base}`;
  const none = { device: null, dtype: null, threads: null, promptSet: null, limit: null };
  const config = await replayConfig(bundle, benchmark, { modelId, ...none, shotImages: shots.names });
  const store = await openStore();
  try {
    requireSame(bundle, benchmark, (await resolveModel(store, modelId)).files);
    const image = async (hash: string): Promise<Blob | null> => shots.images.get(hash) ?? ofBenchmark(hash);
    const ports = drivePorts(store, benchmark, image, { info: null, records: [] }, () => undefined);
    const engine = await ports.engine(config);
    try {
      return await rendered(engine, benchmark, config, { control, report });
    } finally {
      engine.end('the prompts are rendered');
    }
  } finally {
    store.close();
  }
}

function requireSame(before: ReplaySide, benchmark: Benchmark, files: ReplaySide['info']['model']['files']): void {
  const { info } = before;
  const now = {
    info: {
      ...info,
      model: { ...info.model, files },
      benchmark: { ...info.benchmark, sha256: benchmark.sha256 },
    },
    ...{ benchmark, records: [] },
  };
  const { all } = causesOf(before, now, []);
  if (all.length === 0) return;
  const message = `Token ids of prompts are made with the run's own model and benchmark, and these are others: ${all.join('; ')}.`;
  throw new FaultError(fault('another-run', message));
}

async function rendered(
  engine: Engine,
  benchmark: Benchmark,
  config: RunConfig,
  { control, report }: DriveContext,
): Promise<readonly PromptTokens[]> {
  const groups = planGroups(benchmark, requestedMethods(config.methods), new Set(), null, config.probes);
  const pairs = pairsById(benchmark);
  const lines: PromptTokens[] = [];
  for (const [done, group] of groups.entries()) {
    if (control.signal.aborted) throw new FaultError(fault('stopped', 'Rendering the prompts was stopped.'));
    report(progressOf({ what: 'rendering prompts', unit: 'images', done, total: groups.length }));
    const prompts = orThrow(await engine.render(groupAsk(group, pairs, config)));
    lines.push(...linesOf(group, prompts));
  }
  return lines;
}

/** Prompts come in the order of the group's questions and their methods. */
function linesOf(group: Group, prompts: readonly RenderedPrompt[]): readonly PromptTokens[] {
  const asked = group.questions.flatMap((q) => q.methods.map((method) => ({ q, method: nameOf(method) })));
  return asked.flatMap(({ q, method }, i): readonly PromptTokens[] => {
    const prompt = prompts[i];
    if (!prompt) return [];
    const { text, ids } = prompt;
    return recordedImages(group, q.image).map((image) => ({ pair: q.pair, image, method, text, ids }));
  });
}
