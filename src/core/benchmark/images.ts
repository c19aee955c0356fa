import type { ListedFile } from './types.ts';

/** Endings of image files, the likeliest first. */
const ENDINGS = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'bmp', 'tif', 'tiff'];
const ENDING = new RegExp(`\\.(${ENDINGS.join('|')})$`, 'i');

/** Finds image files by the addresses of a question file. */
export interface ImageFinder {
  /** @returns the file as listed, or null, with the places where it was looked for */
  find(path: string | null, local: string | null): { readonly file: string | null; readonly looked: readonly string[] };
  /** Bytes of a listed file; null where the listing does not say. */
  size(file: string): number | null;
}

/** One writing of a path: '/' between names, no leading './', composed letters (macOS lists decomposed ones). */
export function tidy(path: string): string {
  return path
    .replace(/\\/g, '/')
    .replace(/^(\.?\/)+/, '')
    .normalize('NFC');
}

/**
 * Looks where the published code looks: `<local id>.jpg` in data/images, else the path of the question file below a ROCO checkout
 * (utils/answering.py, `local_image_address`); beyond it, other endings, other capitals, and the path below any folder.
 * @param base folder of the question file, '' or ending in '/'
 */
export function imageFinder(files: readonly ListedFile[], base: string): ImageFinder {
  const byPath = new Map<string, ListedFile>();
  const byLower = new Map<string, ListedFile>();
  for (const f of files) {
    const path = tidy(f.path);
    byPath.set(path, f);
    if (!byLower.has(path.toLowerCase())) byLower.set(path.toLowerCase(), f);
  }
  const get = (path: string): ListedFile | null => byPath.get(path) ?? byLower.get(path.toLowerCase()) ?? null;
  const root = base.replace(/(^|\/)data\/$/, '$1');
  const folders = distinct([`${base}images/`, `${root}data/images/`, `${root}images/`, base]);
  const roots = distinct([
    root,
    base,
    `${root}roco-dataset/data/`,
    `${base}roco-dataset/data/`,
    `${root}data/`,
    ...folders,
  ]);
  const byEnd = endings(files);

  const findLocal = (local: string): ListedFile | null => {
    const names = ENDING.test(local) ? [local] : ENDINGS.map((e) => `${local}.${e}`);
    for (const folder of folders) for (const name of names) if (get(folder + name)) return get(folder + name);
    return null;
  };
  const findPath = (path: string): ListedFile | null => {
    for (const folder of roots) if (get(folder + path)) return get(folder + path);
    // Anywhere below, where only one file ends so.
    const ends = (byEnd.get(nameOf(path)) ?? []).filter((f) => tidy(f.path).endsWith(`/${path}`));
    return ends.length === 1 ? (ends[0] ?? null) : null;
  };

  return {
    find(path, local) {
      const asPath = path === null ? null : tidy(path);
      const file = (local === null ? null : findLocal(local)) ?? (asPath === null ? null : findPath(asPath));
      const looked = [
        ...(local === null
          ? []
          : [ENDING.test(local) ? `${base}images/${local}` : `${base}images/${local}.jpg (or .png and others)`]),
        ...(asPath === null ? [] : [asPath]),
      ];
      return { file: file?.path ?? null, looked };
    },
    size: (file) => byPath.get(tidy(file))?.size ?? null,
  };
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function endings(files: readonly ListedFile[]): ReadonlyMap<string, readonly ListedFile[]> {
  const map = new Map<string, ListedFile[]>();
  for (const f of files) {
    const name = nameOf(tidy(f.path));
    const list = map.get(name);
    if (list) list.push(f);
    else map.set(name, [f]);
  }
  return map;
}
