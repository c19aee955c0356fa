import { downloadZip } from 'client-zip';
import type { Benchmark } from '../../core/benchmark/types.ts';
import { fault, FaultError } from '../../core/fault.ts';
import { resultsFiles } from '../../core/results/folder.ts';
import { withReading } from '../../core/results/run.ts';
import type { Reading } from '../../core/scoring/again.ts';
import type { ResultRecord } from '../../core/scoring/record.ts';
import type { StoredRun } from '../../store/rows.ts';

/** A name that every file system takes, of what a run is about. */
export function exportName(run: StoredRun): string {
  const words = [run.createdAt.slice(0, 16).replace(/[-:]/g, '').replace('T', '-')];
  words.push(run.info?.benchmark.name ?? 'benchmark', run.info?.model.id ?? 'model');
  return `${words.map((w) => w.replace(/[^\w.-]+/g, '-')).join('-')}.zip`;
}

/**
 * The results folder of a run (results.md) as one zip.
 * @param reading how raw answers are read for its numbers
 * @throws FaultError when the run has nothing to say yet
 */
export async function resultsZip(
  run: StoredRun,
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  reading: Reading,
): Promise<Blob> {
  if (run.info === null)
    throw new FaultError(fault('not-found', 'This run has not begun to score, so there is nothing to export yet.'));
  const files = resultsFiles(withReading(run.info, reading), benchmark, records, run.config?.limit ?? null);
  const lastModified = new Date(run.info.finishedAt ?? run.info.startedAt);
  return downloadZip(files.map((f) => ({ name: f.path, input: f.text, lastModified }))).blob();
}

/** Hands a file to the browser's downloads. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
