import { limitPairs } from '../benchmark/select.ts';
import type { Benchmark, Pair, PairImage } from '../benchmark/types.ts';
import { derivedSteps } from '../exchange/derived.ts';
import { isCertified } from '../exchange/results-folder.ts';
import type { ResultRecord } from '../records/record.ts';
import type { RunInfo } from '../records/run-info.ts';
import type { Summary } from '../statistics/summary.ts';
import { atOnce, type Steps } from '../steps.ts';

/** A run that a report is about, with everything that follows from its records. */
export interface Subject {
  readonly title: string;
  readonly info: RunInfo;
  /** The pairs that the run was about. */
  readonly benchmark: Benchmark;
  /** Whether questions, categories and patterns are known; else the pairs are known from the records alone. */
  readonly questions: boolean;
  /** Under the run's reading, with what is derived. */
  readonly records: readonly ResultRecord[];
  readonly summary: Summary;
  readonly certified: boolean;
}

/**
 * A run as a report needs it.
 * @param benchmark read from its folder; null where it is not at hand, and the records alone say what was asked
 */
export function subjectOf(
  title: string,
  info: RunInfo,
  kept: readonly ResultRecord[],
  benchmark: Benchmark | null,
): Subject {
  return atOnce(subjectSteps(title, info, kept, benchmark));
}

/** The same in steps, for a page that goes on meanwhile. */
export function* subjectSteps(
  title: string,
  info: RunInfo,
  kept: readonly ResultRecord[],
  benchmark: Benchmark | null,
): Steps<Subject> {
  const own = benchmark ? ofRun(benchmark, info, kept) : benchmarkOfRecords(info, kept);
  yield;
  const { all, summary } = yield* derivedSteps(info, own, kept);
  return {
    ...{ title, info, benchmark: own, questions: benchmark !== null, records: all, summary },
    certified: isCertified(info),
  };
}

const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** SHA-256 of each image, by pair and image, as the records have it. */
function imageHashes(records: readonly ResultRecord[]): ReadonlyMap<string, string> {
  return new Map(
    records.filter((r) => isHash(r.imageSha256)).map((r) => [`${r.pair}/${r.image}`, r.imageSha256] as const),
  );
}

/** The pairs of a benchmark that a run was about: its first ones under a limit, else those that it has records of. Images are those of the records. */
function ofRun(benchmark: Benchmark, info: RunInfo, records: readonly ResultRecord[]): Benchmark {
  const answered = new Set(records.map((r) => r.pair));
  const first = limitPairs(benchmark, info.benchmark.pairs);
  const whole = first.length === benchmark.pairs.length;
  const inFirst = new Set(first.map((p) => p.id));
  const limited = [...answered].every((id) => inFirst.has(id));
  const pairs = limited ? first : benchmark.pairs.filter((p) => answered.has(p.id));
  const hashes = imageHashes(records);
  const image = (pair: Pair, i: 0 | 1): PairImage => ({
    ...pair.images[i],
    sha256: hashes.get(`${pair.id}/${i + 1}`) ?? pair.images[i].sha256,
  });
  return {
    ...benchmark,
    pairs: pairs.map((p) => ({ ...p, images: [image(p, 0), image(p, 1)] })),
    skipped: whole ? benchmark.skipped : [],
  };
}

/** What records say of a benchmark: ids, right answers, and which images are the same; no questions, no categories. */
function benchmarkOfRecords(info: Pick<RunInfo, 'benchmark'>, records: readonly ResultRecord[]): Benchmark {
  const byPair = new Map<string, { 1?: ResultRecord; 2?: ResultRecord }>();
  for (const r of records) byPair.set(r.pair, { ...byPair.get(r.pair), [r.image]: r });
  const image = (id: string, i: 1 | 2, r: ResultRecord | undefined, other: ResultRecord | undefined): PairImage => ({
    path: `${id}/${i}`,
    local: null,
    categories: [],
    // A question without any record is answered by nobody: whatever stands here is never compared.
    right: r?.right ?? (other?.right === 'A' ? 'B' : 'A'),
    caption: null,
    sha256: r && isHash(r.imageSha256) ? r.imageSha256 : null,
  });
  const pairs = [...byPair].map(([id, { 1: one, 2: two }]): Pair => {
    const images = [image(id, 1, one, two), image(id, 2, two, one)] as const;
    return { id, question: '', options: { A: '', B: '' }, images, extra: {} };
  });
  return { name: info.benchmark.name, sha256: info.benchmark.sha256, pairs, skipped: [], problems: [] };
}
