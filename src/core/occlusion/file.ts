import { isObject, readJson } from '../json.ts';
import { strictJson } from '../exchange/canonical.ts';
import type { Work } from '../plan/types.ts';
import type { OcclusionMap } from './map.ts';

/** occlusion.json: the maps, and everything that they depend on. */
export interface OcclusionFile {
  readonly format: 'lookalike-occlusion/1';
  readonly lookalike: string;
  readonly benchmark: { readonly name: string; readonly sha256: string };
  readonly model: string;
  /** null where everything was kept: nothing was loaded. */
  readonly device: unknown;
  readonly certified: boolean;
  /** What this look cost; maps that were kept cost nothing. */
  readonly work: Work;
  readonly maps: readonly KeptMap[];
}

/** A map with the key of all that it depends on. */
export interface KeptMap {
  readonly key: string;
  readonly map: OcclusionMap;
}

export function occlusionText(file: OcclusionFile): string {
  return `${strictJson(file, 1)}\n`;
}

/** The maps of an earlier occlusion.json, to be looked at again; none where it is no such file. */
export function keptMaps(text: string): readonly KeptMap[] {
  let value: unknown;
  try {
    value = readJson(text);
  } catch {
    return [];
  }
  if (!isObject(value) || value['format'] !== 'lookalike-occlusion/1' || !Array.isArray(value['maps'])) return [];
  return value['maps'].filter(isKeptMap);
}

/** Whether a value is a map with its key, for what comes out of a file or a store. */
export function isKeptMap(value: unknown): value is KeptMap {
  return isObject(value) && typeof value['key'] === 'string' && isMap(value['map']);
}

function isMap(value: unknown): value is OcclusionMap {
  if (!isObject(value)) return false;
  const { pair, image, imageSha256, method, right, grid, fill, plain, cells, regions } = value;
  return (
    [pair, imageSha256, method].every((v) => typeof v === 'string') &&
    (image === 1 || image === 2) &&
    isLetter(right) &&
    (fill === 'grey' || fill === 'blur') &&
    isObject(plain) &&
    numbers([plain['A'], plain['B'], grid]) &&
    numbers(cells) &&
    numbers(regions) &&
    Array.isArray(cells) &&
    cells.length === Number(grid) ** 2
  );
}

const isLetter = (value: unknown): boolean => value === 'A' || value === 'B';
const numbers = (value: unknown): boolean => Array.isArray(value) && value.every((v) => Number.isFinite(v));
