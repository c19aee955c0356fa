import type { Benchmark, PairImage } from '../benchmark/types.ts';
import type { ResultRecord } from '../records/record.ts';

/** A benchmark whose images are not here, their hashes taken from the records that were made with them; hashes that it has stay. */
export function withRecordedImages(benchmark: Benchmark, records: readonly ResultRecord[]): Benchmark {
  const recorded = new Map(records.map((r) => [`${r.pair}/${r.image}`, r.imageSha256]));
  const known = (pair: string, image: 1 | 2, of: PairImage): PairImage => {
    const sha256 = recorded.get(`${pair}/${image}`) ?? '';
    return of.sha256 === null && /^[0-9a-f]{64}$/.test(sha256) ? { ...of, sha256 } : of;
  };
  const pairs = benchmark.pairs.map((p) => ({
    ...p,
    images: [known(p.id, 1, p.images[0]), known(p.id, 2, p.images[1])] as const,
  }));
  return { ...benchmark, pairs };
}
