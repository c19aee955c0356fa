import type { Benchmark } from '../../core/benchmark/types.ts';
import { imageKey } from '../../core/images/ref.ts';
import { NO_PROBES } from '../../core/methods/probes.ts';
import type { RequestedMethod } from '../../core/methods/names.ts';
import { countGroups, planGroups } from '../../core/plan/groups.ts';
import type { StoredRun } from '../../store/rows.ts';

/** What a run will ask for, before any token is known. */
export interface PlanNumbers {
  readonly pairs: number;
  readonly questions: number;
  readonly images: number;
  /** Images that a plain program would encode: one for each question and method. */
  readonly naiveEncodes: number;
  readonly skipped: number;
}

/** @param shots hashes of the prompt set's example images; encoded once for the whole run, like every other */
export function planOf(
  benchmark: Benchmark,
  methods: readonly RequestedMethod[],
  limit: number | null,
  shots: readonly string[] = [],
): PlanNumbers {
  const groups = planGroups(benchmark, methods, new Set(), limit, { ...NO_PROBES, marks: benchmark.marks ?? null });
  const { questions } = countGroups(groups);
  const images = new Set([...groups.map((g) => imageKey(g.image)), ...(questions > 0 ? shots : [])]).size;
  const asked = groups.reduce((n, g) => g.questions.reduce((m, q) => m + q.methods.length, n), 0);
  const pairs = limit === null ? benchmark.pairs.length : Math.min(limit, benchmark.pairs.length);
  return {
    pairs,
    questions,
    images,
    naiveEncodes: asked * (1 + shots.length),
    skipped: benchmark.skipped.length,
  };
}

/**
 * Seconds that a run will take, from finished runs of the same model and dtype on this device; null when there is none to learn from.
 * Time goes with images more than with questions, so it is the seconds an image that count.
 */
export function estimateSeconds(
  plan: PlanNumbers,
  modelId: string,
  dtype: string | Readonly<Record<string, string>>,
  runs: readonly StoredRun[],
): number | null {
  const same = runs.find(
    (r) =>
      r.config?.modelId === modelId &&
      JSON.stringify(r.config.dtype) === JSON.stringify(dtype) &&
      r.info !== null &&
      r.info.work.imageEncodes > 0 &&
      r.info.seconds.score > 0,
  );
  if (!same?.info) return null;
  const { work, seconds } = same.info;
  return seconds.load + (seconds.score / work.imageEncodes) * plan.images;
}
