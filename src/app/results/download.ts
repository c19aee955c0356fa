import { downloadZip } from 'client-zip';
import type { Benchmark } from '../../core/benchmark/types.ts';
import { withRecordedImages } from '../../core/exchange/recorded-images.ts';
import { fault, FaultError } from '../../core/fault.ts';
import type { Reading } from '../../core/methods/reading.ts';
import type { ResultRecord } from '../../core/records/record.ts';
import type { StoredRun } from '../../store/rows.ts';
import { writeBundle } from './bundle.ts';
import { readResultsAnew } from './reread.ts';
import { exportFormat, exportNames, exportResults, type ExportFile, type ExportName } from './export.ts';

/** What a run's page offers to download: the export formats, and the bundle that another lab replays. */
export type DownloadName = ExportName | 'bundle';

export interface Offer {
  readonly name: DownloadName;
  readonly label: string;
  readonly means: string;
}

const BUNDLE: Offer = {
  name: 'bundle',
  label: 'Bundle to replay',
  means: 'what another lab needs to repeat the run, without images and weights: lookalike replay FILE.zip',
};

/** In the order of the menu. */
export function offers(run: Pick<StoredRun, 'info'>): readonly Offer[] {
  const all = exportNames().map((name): Offer => {
    const { label, means } = exportFormat(name);
    return { name, label, means };
  });
  const [folder, ...others] = all;
  // In an import no model ran: there is nothing to replay.
  const bundle = run.info?.imported ? [] : [BUNDLE];
  return [...(folder ? [folder] : []), ...bundle, ...others];
}

/** A name that every file system takes, of what a run is about. */
export function exportName(run: StoredRun): string {
  const words = [run.createdAt.slice(0, 16).replace(/[-:]/g, '').replace('T', '-')];
  words.push(run.info?.benchmark.name ?? 'benchmark', run.info?.model.id ?? 'model');
  return words.map((w) => w.replace(/[^\w.-]+/g, '-')).join('-');
}

/**
 * A run in a format as one file: the format's own, or a zip of several.
 * @param reading how raw answers are read for its numbers
 * @throws FaultError when the run has nothing to say yet, or the format has no place for it
 */
export async function exportDownload(
  choice: DownloadName,
  run: StoredRun,
  benchmark: Benchmark,
  kept: readonly ResultRecord[],
  reading: Reading,
): Promise<{ readonly name: string; readonly content: Blob }> {
  if (run.info === null)
    throw new FaultError(fault('not-found', 'This run has not begun to score, so there is nothing to export yet.'));
  const { info, records } = readResultsAnew({ info: run.info, records: kept }, benchmark, reading);
  // A run that was brought has the questions and not the images; its records know which they were.
  const asked = withRecordedImages({ ...benchmark, name: info.benchmark.name }, records);
  const source = { info, benchmark: asked, records, limit: run.config?.limit ?? null };
  const stem = exportName(run);
  if (choice === 'bundle')
    return { name: `${stem}-bundle.zip`, content: blobOf({ path: '', bytes: await writeBundle(source) }) };
  const files = await exportResults(choice, source);
  const [only] = files;
  if (only && exportFormat(choice).ending !== null) {
    // Inspect's viewer knows logs by their names; everything else is named after the run.
    const name = choice === 'inspect' ? only.path : `${stem}.${only.path.split('.').at(-1) ?? ''}`;
    return { name, content: blobOf(only) };
  }
  const lastModified = new Date(info.finishedAt ?? info.startedAt);
  const zip = downloadZip(files.map((f) => ({ name: f.path, input: 'text' in f ? f.text : f.bytes, lastModified })));
  return { name: choice === 'folder' ? `${stem}.zip` : `${stem}-${choice}.zip`, content: await zip.blob() };
}

function blobOf(file: ExportFile): Blob {
  return new Blob([('text' in file ? file.text : new Uint8Array(file.bytes)) satisfies BlobPart]);
}
