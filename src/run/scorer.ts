import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, type Fault } from '../core/fault.ts';
import type { Group, Work } from '../core/plan/types.ts';
import type { ResultRecord } from '../core/scoring/record.ts';
import type { FeatureData, GroupResult, Outcome } from '../protocol/engine.ts';
import type { Result } from '../core/fault.ts';
import type { Certified } from './certify.ts';
import { featureKey } from './features.ts';
import type { PixelsHost } from './pixels-host.ts';
import type { ResolvedModel, RunPorts } from './ports.ts';
import { failedRecords, groupRequest, pairsById, toRecord, type Pairs } from './requests.ts';
import type { RunConfig } from './types.ts';

/** Tries a group gets before its questions are recorded as failed. */
const TRIES = 3;
/** Faults that another try cannot mend: they lie in the image or the prompt. */
const FINAL: ReadonlySet<string> = new Set(['unreadable', 'bad-prompt', 'bad-model', 'unsupported', 'not-found']);

export interface ScorerParts {
  readonly config: RunConfig;
  readonly benchmark: Benchmark;
  readonly model: ResolvedModel;
  readonly certified: Certified;
  readonly pixels: PixelsHost;
  readonly ports: Pick<RunPorts, 'feature' | 'keepFeature'>;
  readonly says: (text: string) => void;
}

/** What became of a group: its records, and the work done where it succeeded. */
export interface ScoredGroup {
  readonly records: readonly ResultRecord[];
  readonly work: Work | null;
}

/** Scores one group, with a fresh worker after each fault that could have come from the device. */
export async function scoreGroup(parts: ScorerParts, group: Group, next: Group | undefined): Promise<ScoredGroup> {
  const pairs = pairsById(parts.benchmark);
  let last: Fault = fault('internal', 'The group was not tried.');
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const result = await tryGroup(parts, group, next, pairs);
    if (result.ok) return { records: recordsOf(group, result.value.outcomes, pairs), work: result.value.work };
    last = result.fault;
    if (FINAL.has(last.code)) break;
    parts.says(`A group was tried again after: ${last.message}`);
    parts.certified.host.drop(last.message);
  }
  return { records: failedRecords(group, pairs, last), work: null };
}

/** Under the blank image one answer is recorded for both images of the pair, under the condition's own method name. */
function recordsOf(group: Group, outcomes: readonly Outcome[], pairs: Pairs): readonly ResultRecord[] {
  if (!group.blank) return outcomes.map((o) => toRecord(o, pairs));
  return outcomes
    .filter((o) => o.method !== 'ps-official')
    .flatMap((o) =>
      ([1, 2] as const).map((image) => toRecord({ ...o, image, method: `${o.method}+blank-image` }, pairs)),
    );
}

async function tryGroup(
  parts: ScorerParts,
  group: Group,
  next: Group | undefined,
  pairs: Pairs,
): Promise<Result<GroupResult>> {
  const { config, certified, pixels, ports, model } = parts;
  const keep = config.keepFeatures === true;
  const key = featureKey(model, certified.host.rung, config.policy, group.imageSha256);
  const request = { ...groupRequest(group, pairs, config), returnFeatures: keep };
  const result = await certified.host.score(
    request,
    (sha256) => {
      const image = pixels.prepare(sha256, certified.loaded);
      if (next && sha256 === group.imageSha256) pixels.prefetch(next.imageSha256, certified.loaded);
      return image;
    },
    (): Promise<FeatureData | null> => (keep ? ports.feature(key) : Promise.resolve(null)),
  );
  if (keep && result.ok && result.value.features) await ports.keepFeature(key, result.value.features);
  return result;
}
