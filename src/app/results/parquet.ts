import { parquetWriteBuffer } from 'hyparquet-writer';
import { strictJson } from '../../core/exchange/canonical.ts';
import type { DerivedRun } from '../../core/exchange/derived.ts';
import { pairFinder, RECORD_COLUMNS } from '../../core/exchange/formats/rows.ts';

/** One row a record as Parquet, run.json and summary.json among its metadata. */
export function recordsParquet(derived: DerivedRun): Uint8Array {
  const { run, records, summary } = derived;
  const pairOf = pairFinder(derived);
  const columnData = RECORD_COLUMNS.map(({ name, type, of }) => ({
    ...{ name, type, nullable: true },
    data: records.map((r) => of(r, pairOf(r)) ?? undefined),
  }));
  const kvMetadata = [
    { key: 'lookalike.run', value: strictJson(run) },
    { key: 'lookalike.summary', value: strictJson(summary) },
  ];
  return new Uint8Array(
    parquetWriteBuffer({ columnData, kvMetadata, createdBy: `lookalike version ${run.lookalike}` }),
  );
}
