import { fail, fault, ok, type Result } from '../fault.ts';
import { isObject } from '../json.ts';
import { isRepository } from './catalogue.ts';

/** Name of the file that says where an exported model folder is from and what its files must hash to. */
export const MANIFEST_FILE = 'lookalike-model.json';

export interface ModelManifest {
  readonly format: 'lookalike-model/1';
  readonly name: string;
  /** Hub repository and commit; null when the model never came from a hub. */
  readonly repository: string | null;
  readonly revision: string | null;
  readonly hub: string | null;
  readonly files: readonly { readonly path: string; readonly size: number; readonly sha256: string }[];
}

const textOrNull = (x: unknown): x is string | null => x === null || typeof x === 'string';

/** Reads a manifest file's JSON. */
export function readManifest(json: unknown): Result<ModelManifest> {
  const wrong = fail(
    fault('unreadable', `${MANIFEST_FILE} in the model folder cannot be read. Export the model again.`),
  );
  if (!isObject(json) || json['format'] !== 'lookalike-model/1') return wrong;
  const { name, repository, revision, hub, files } = json;
  if (typeof name !== 'string' || !textOrNull(repository) || !textOrNull(revision) || !textOrNull(hub)) return wrong;
  if (!Array.isArray(files)) return wrong;
  const read: { path: string; size: number; sha256: string }[] = [];
  for (const f of files) {
    if (!isObject(f)) return wrong;
    const { path, size, sha256 } = f;
    if (typeof path !== 'string' || typeof size !== 'number' || typeof sha256 !== 'string') return wrong;
    read.push({ path, size, sha256 });
  }
  return ok({ format: 'lookalike-model/1', name, repository, revision, hub, files: read });
}

/** The repository and commit that a path of the hub's own cache names (`models--owner--name/snapshots/<commit>/...`); null for others. */
export function cachedRevision(path: string): { repository: string; revision: string } | null {
  const match = /(?:^|\/)models--([^/]+)--([^/]+)\/snapshots\/([0-9a-f]{40})\//.exec(path);
  const repository = `${match?.[1] ?? ''}/${match?.[2] ?? ''}`;
  return match?.[3] !== undefined && isRepository(repository) ? { repository, revision: match[3] } : null;
}
