import { familyOf } from '../../core/models/families/registry.ts';
import type { Dtype } from '../../core/models/dtypes.ts';
import { dataFilesOf, sessionPaths } from '../../core/models/folder.ts';
import type { ModelSource } from '../../protocol/model.ts';
import type { ModelFacts } from '../engine.ts';

/** A model that this browser can load: where its bytes are, and what they must be. */
export interface ResolvedModel {
  readonly id: string;
  readonly revision: string | null;
  readonly source: ModelSource;
  /** Settles when every stored byte was compared with its hash, beside the loading; rejects where one is damaged. */
  readonly checked?: Promise<void>;
  readonly files: readonly { readonly path: string; readonly size: number; readonly sha256: string }[];
  /** Parsed config.json. */
  readonly config: unknown;
}

/** The model as results name it. */
export function modelFacts({ id, revision, files, config }: ResolvedModel): ModelFacts {
  const family = familyOf(config);
  const known = family.ok
    ? { family: family.value.type, familyStatus: family.value.status }
    : { family: 'unknown' as const };
  return { id, revision, ...known, files };
}

/** The graph of a session and its weights, as they are loaded; the graph first. */
export function loadedFiles(
  session: string,
  dtype: Dtype,
  { files, config }: Pick<ResolvedModel, 'files' | 'config'>,
): readonly { readonly path: string; readonly sha256: string }[] {
  const [graph = '', ...announced] = sessionPaths(session, dtype, config);
  const listed = files.map((f) => f.path);
  const paths = [graph, ...announced, ...dataFilesOf(graph, listed)];
  return files
    .filter((f) => paths.includes(f.path))
    .sort((a, b) => Number(b.path === graph) - Number(a.path === graph))
    .map(({ path, sha256 }) => ({ path, sha256 }));
}
