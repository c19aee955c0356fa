import { fileName } from '../paths.ts';
import { fault, type Fault } from '../fault.ts';
import { captionTables, type CaptionRow, type CaptionTable } from './captions.ts';

/** An image of a collection, before its bytes are looked at. */
export interface CollectionImage {
  readonly path: string;
  readonly caption: string | null;
  readonly category: string | null;
  /** What names the published figure that it was cut from; null where its name says nothing. */
  readonly figure: string | null;
}

/** Something wrong with a collection, with its place. The rest of the collection stands. */
export interface CollectionProblem {
  readonly place: string;
  readonly message: string;
}

export interface Collection {
  readonly name: string;
  /** How it was read: the caption files, or none. */
  readonly format: string;
  readonly images: readonly CollectionImage[];
  readonly problems: readonly CollectionProblem[];
}

const IMAGE = /\.(png|jpe?g|gif|webp|bmp|tiff?|dcm)$/i;

/** The files of a folder that are its images, in the order of their paths. */
export function imagePaths(paths: readonly string[]): readonly string[] {
  return paths.filter((p) => IMAGE.test(p)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The files whose text a collection needs. */
export function captionPaths(paths: readonly string[]): readonly string[] {
  return paths.filter((p) => captionTables.some((t) => t.reads(p))).sort();
}

/**
 * Puts a collection together from a folder's listing and the text of its caption files. Captions of images that are not there, images
 * without a caption and damaged lines are problems; every image stays.
 * @param texts of `captionPaths`, by path
 */
export function readCollection(
  name: string,
  paths: readonly string[],
  texts: ReadonlyMap<string, string>,
): { readonly collection: Collection; readonly nothing: Fault | null } {
  const images = imagePaths(paths);
  const find = imageFinder(images);
  const problems: CollectionProblem[] = [];
  const facts = new Map<string, CaptionRow>();
  const formats: string[] = [];
  for (const [path, text] of texts) {
    const table = captionTables.find((t) => t.reads(path))?.read(path, text);
    if (!table || (table.rows.length === 0 && table.problems.length === 0)) continue;
    formats.push(table.format);
    problems.push(...table.problems, ...take(table, path, find, facts));
  }
  const without = formats.length === 0 ? [] : images.filter((path) => !facts.get(path)?.caption);
  problems.push(...without.map((path) => ({ place: path, message: 'No caption names this image.' })));
  const made = images.map((path): CollectionImage => {
    const row = facts.get(path);
    return { path, caption: row?.caption ?? null, category: row?.category ?? null, figure: figureOf(path) };
  });
  const collection = { name, format: formats.join(', ') || 'images without captions', images: made, problems };
  return { collection, nothing: images.length > 0 ? null : noImages(name) };
}

function noImages(name: string): Fault {
  return fault('not-found', `${name} holds no images (PNG, JPEG, GIF, WebP, BMP). Choose the folder that holds them.`);
}

/** Takes a table's rows; a row whose image is not there is a problem, as is a second caption of an image. */
function take(
  table: CaptionTable,
  tablePath: string,
  find: (image: string, from: string) => string | null,
  facts: Map<string, CaptionRow>,
): CollectionProblem[] {
  const problems: CollectionProblem[] = [];
  for (const row of table.rows) {
    const path = find(row.image, tablePath);
    const before = path === null ? undefined : facts.get(path);
    if (path === null)
      problems.push({
        place: row.place,
        message: `The image ${short(row.image)} is not in the folder; its caption is left out.`,
      });
    else if (before === undefined) facts.set(path, row);
    else if (before.caption !== row.caption)
      problems.push({
        place: row.place,
        message: `The image ${short(row.image)} has another caption already; the first counts.`,
      });
  }
  return problems;
}

/** Finds an image by what a caption file calls it: a path from the folder or from the file on, a file name, or a name without its ending. */
export function imageFinder(images: readonly string[]): (image: string, from?: string) => string | null {
  const byPath = new Set(images);
  const byName = new Map<string, string | null>();
  const note = (key: string, path: string): void => {
    byName.set(key, byName.has(key) && byName.get(key) !== path ? null : path);
  };
  for (const path of images) {
    const name = fileName(path).toLowerCase();
    note(name, path);
    note(name.replace(IMAGE, ''), path);
  }
  return (image, from = '') => {
    const given = image.replace(/\\/g, '/').replace(/^(\.?\/)+/, '');
    const beside = from.includes('/') ? `${from.slice(0, from.lastIndexOf('/') + 1)}${given}` : given;
    if (byPath.has(beside)) return beside;
    if (byPath.has(given)) return given;
    return byName.get(fileName(given).toLowerCase()) ?? null;
  };
}

/** A name as it is told: a column may hold pictures themselves, in base64. */
const short = (name: string): string => (name.length > 120 ? `${name.slice(0, 117)}...` : name);

/** PMC article and figure, as file names of PMC-OA, ROCO and MediConfusion write them: PMC1064097_F2.jpg, PMC123_fig1_a.png. */
function figureOf(path: string): string | null {
  const found = /^(PMC\d+)[_-]+(?:.*?[_-])?f(?:ig(?:ure)?)?[_-]?(\d+)/i.exec(fileName(path));
  return found ? `${found[1]?.toUpperCase()} F${found[2]}` : null;
}
