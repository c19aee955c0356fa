import type { PairToDraft } from '../app/draft-pairs.ts';
import { readCollectionFolder } from '../app/read-collection.ts';
import { captionPaths } from '../core/discovery/collection.ts';
import type { ListedPair } from '../core/drafting/pairs-file.ts';
import { fault, FaultError } from '../core/fault.ts';
import { servedFiles } from '../files/served.ts';
import type { ServedFolder } from './types.ts';

/**
 * Listed pairs with what the collection says of their images; only those images are read.
 * @param file the name of the list, for what is said of its lines
 * @throws FaultError 'not-found' where the collection has none of the images
 */
export async function pairsToDraft(
  { base, name }: ServedFolder,
  listed: readonly ListedPair[],
  file: string,
  signal: AbortSignal,
): Promise<{ pairs: readonly PairToDraft[]; problems: readonly string[] }> {
  const served = await servedFiles(base);
  const paths = served.map((f) => f.path);
  const wanted = new Set(listed.flatMap((p) => [p.image_1, p.image_2]));
  const texts = new Set(captionPaths(paths));
  const needed = served.filter((f) => wanted.has(f.path) || texts.has(f.path));
  if (!needed.some((f) => wanted.has(f.path)))
    throw new FaultError(
      fault(
        'not-found',
        `None of the images of ${file} is in the collection ${name}. Name the folder in which the pairs were found.`,
      ),
    );
  const read = await readCollectionFolder(name, needed, { signal });
  const images = new Map(read.images.map((i) => [i.path, i]));
  const problems: string[] = [];
  const pairs = listed.flatMap((p): PairToDraft[] => {
    const [one, two] = [images.get(p.image_1), images.get(p.image_2)];
    if (one && two) {
      const categories = [one.category, two.category].map((c) => (c === null ? [] : c.split(', ')));
      return [
        {
          ...{ image_1: p.image_1, image_2: p.image_2, sim_med: p.sim_med, sim_gen: p.sim_gen },
          sha256: [one.sha256, two.sha256],
          captions: [one.caption, two.caption],
          categories: [categories[0] ?? [], categories[1] ?? []],
        },
      ];
    }
    problems.push(`${file}, line ${p.line}: the image ${one ? p.image_2 : p.image_1} is not in the collection.`);
    return [];
  });
  return { pairs, problems };
}
