import { fileName } from '../paths.ts';
import { otherPaths, straight } from './paths.ts';
import { imageEndings } from '../images/formats/registry.ts';
import type { ListedFile } from './types.ts';

/** Endings of images that are found and then refused by name, so that the reader learns why. */
const REFUSED = ['tif', 'tiff'];

/** What became of a search. */
export interface Found {
  /** The file as listed; null where there is none. */
  readonly file: string | null;
  /** Where it was looked for. */
  readonly looked: readonly string[];
  /** How the file was found where no file has the name as written: in words; null where one has, and where there is none. */
  readonly otherwise: string | null;
}

/** Finds image files by the addresses of a question file. */
export interface ImageFinder {
  find(path: string | null, local: string | null): Found;
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
  const byEnd = byName(files);
  const endings = [...imageEndings(), ...REFUSED];
  const hasEnding = (name: string): boolean => endings.some((e) => name.toLowerCase().endsWith(`.${e}`));

  const findLocal = (local: string): ListedFile | null => {
    const names = hasEnding(local) ? [local] : endings.map((e) => `${local}.${e}`);
    for (const folder of folders) for (const name of names) if (get(folder + name)) return get(folder + name);
    return null;
  };
  const findAt = (path: string): ListedFile | null => {
    for (const folder of roots) {
      const file = get(folder + path) ?? get(straight(folder + path));
      if (file) return file;
    }
    // Anywhere below, where only one file ends so.
    const ends = (byEnd.get(fileName(path)) ?? []).filter((f) => tidy(f.path).endsWith(`/${path}`));
    return ends.length === 1 ? (ends[0] ?? null) : null;
  };

  const search = (path: string | null, local: string | null): { file: ListedFile; otherwise: string | null } | null => {
    const named = (local === null ? null : findLocal(local)) ?? (path === null ? null : findAt(tidy(path)));
    if (named) return { file: named, otherwise: null };
    for (const { path: other, otherwise } of path === null ? [] : otherPaths(path)) {
      const file = findAt(other);
      if (file) return { file, otherwise };
    }
    return null;
  };

  return {
    find(path, local) {
      const asPath = path === null ? null : tidy(path);
      const found = search(path, local);
      const looked = [
        ...(local === null
          ? []
          : [hasEnding(local) ? `${base}images/${local}` : `${base}images/${local}.jpg (or .png and others)`]),
        ...(asPath === null ? [] : [asPath]),
      ];
      return { file: found?.file.path ?? null, looked, otherwise: found?.otherwise ?? null };
    },
    size: (file) => byPath.get(tidy(file))?.size ?? null,
  };
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

function byName(files: readonly ListedFile[]): ReadonlyMap<string, readonly ListedFile[]> {
  const map = new Map<string, ListedFile[]>();
  for (const f of files) {
    const name = fileName(tidy(f.path));
    const list = map.get(name);
    if (list) list.push(f);
    else map.set(name, [f]);
  }
  return map;
}
