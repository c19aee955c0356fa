import { downloadZip } from 'client-zip';
import { TextWriter, Uint8ArrayReader, ZipReader, configure } from '@zip.js/zip.js';
import { fault, FaultError } from '../../core/fault.ts';
import { isHidden } from '../../core/hidden.ts';

/** Texts of a zip by their path, what stands in one folder taken as if it stood above. */
export type ZipTexts = ReadonlyMap<string, string>;

/**
 * The text files of a zip with results in it: an export of the page, a results folder that was packed, a bundle.
 * @param name as the person named it
 * @param wanted which files to read, by their path
 * @throws FaultError 'unreadable' when it is no zip, or a damaged one
 */
export async function readZip(
  name: string,
  bytes: Uint8Array,
  wanted: (path: string) => boolean = (path) => /\.(json|jsonl|md|csv)$/.test(path),
): Promise<ZipTexts> {
  // The page's policy allows no worker but its own.
  configure({ useWebWorkers: false });
  const zip = new ZipReader(new Uint8ArrayReader(bytes), { checkSignature: true });
  try {
    const texts = new Map<string, string>();
    for (const entry of await zip.getEntries()) {
      if (entry.directory || !wanted(entry.filename) || isHidden(entry.filename)) continue;
      texts.set(entry.filename, await entry.getData(new TextWriter()));
    }
    return belowRun(texts);
  } catch (e) {
    const why = e instanceof Error ? e.message : String(e);
    throw new FaultError(fault('unreadable', `${name} cannot be read as a zip (${why}): it is damaged, or no zip.`));
  } finally {
    await zip.close();
  }
}

/** Paths from the folder on that holds run.json: people pack the folder, or what is in it. */
function belowRun(texts: ZipTexts): ZipTexts {
  const run = [...texts.keys()].filter((path) => /(^|\/)run\.json$/.test(path)).sort((a, b) => a.length - b.length)[0];
  const prefix = run?.slice(0, -'run.json'.length) ?? '';
  if (prefix === '') return texts;
  return new Map(
    [...texts].flatMap(([path, text]) => (path.startsWith(prefix) ? [[path.slice(prefix.length), text]] : [])),
  );
}

/** A zip of texts, the same bytes every time. */
export async function writeZip(
  files: readonly { readonly path: string; readonly text: string }[],
  lastModified: Date,
): Promise<Uint8Array> {
  const zipped = downloadZip(files.map((f) => ({ name: f.path, input: f.text, lastModified })));
  return new Uint8Array(await zipped.arrayBuffer());
}
