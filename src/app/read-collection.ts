import { captionPaths, readCollection, type CollectionProblem } from '../core/discovery/collection.ts';
import { fault, FaultError } from '../core/fault.ts';
import type { StoredImage } from '../store/collection-rows.ts';
import { sha256 } from '../store/hash.ts';
import type { SourceFile } from '../files/source.ts';
import type { ReadOptions } from './read-benchmark.ts';

/** An image of a collection that was read: what is kept of it, and where its bytes are. */
export interface HashedImage extends StoredImage {
  blob(): Promise<Blob>;
}

export interface ReadCollection {
  readonly name: string;
  readonly format: string;
  readonly images: readonly HashedImage[];
  readonly problems: readonly CollectionProblem[];
}

/** Images in work at once: one is read while another is hashed. */
const AHEAD = 4;
/** Progress is told this often: a message for each of 80,000 images would keep the page busy. */
const TELL_EVERY = 25;

/**
 * Reads a folder as a collection: its captions in any layout that is known, and every image hashed. What is wrong is told with its place.
 * @throws FaultError 'not-found' where it holds no image; 'stopped'
 */
export async function readCollectionFolder(
  name: string,
  files: readonly SourceFile[],
  { says = () => undefined, signal }: ReadOptions = {},
): Promise<ReadCollection> {
  const byPath = new Map(files.map((f) => [f.path, f]));
  const paths = [...byPath.keys()];
  const texts = new Map<string, string>();
  const problems: CollectionProblem[] = [];
  for (const path of captionPaths(paths)) {
    const bytes = await (await byPath.get(path)?.blob())?.arrayBuffer();
    if (bytes) texts.set(path, decode(path, bytes, problems));
  }
  const { collection, nothing } = readCollection(name, paths, texts);
  if (nothing) throw new FaultError(nothing);
  problems.push(...collection.problems);
  const images: (HashedImage | null)[] = collection.images.map(() => null);
  let [next, done] = [0, 0];
  const work = async (): Promise<void> => {
    for (let i = next++; i < collection.images.length; i = next++) {
      if (signal?.aborted) throw new FaultError(fault('stopped', 'Reading the collection was stopped.'));
      const image = collection.images[i];
      const file = image && byPath.get(image.path);
      if (!image || !file) continue;
      const read = await hashOf(file).catch(() => null);
      if (read === null) problems.push({ place: image.path, message: 'The file cannot be opened; it is left out.' });
      else images[i] = { ...image, ...read, blob: () => file.blob() };
      done++;
      if (done % TELL_EVERY === 0 || done === images.length) says('Reading images', done, images.length);
    }
  };
  await Promise.all(Array.from({ length: AHEAD }, work));
  return { name, format: collection.format, images: images.filter((i) => i !== null), problems };
}

async function hashOf(file: SourceFile): Promise<Pick<HashedImage, 'sha256' | 'bytes'>> {
  const content = await (await file.blob()).arrayBuffer();
  return { sha256: await sha256(content), bytes: content.byteLength };
}

/** UTF-8, and where a file is not that, Windows Latin, as old tables are. */
function decode(path: string, bytes: ArrayBuffer, problems: CollectionProblem[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    problems.push({ place: path, message: 'The file is not UTF-8; it is read as Windows-1252.' });
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
