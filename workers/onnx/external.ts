import type { InferenceSession } from 'onnxruntime-web/webgpu';
import { fault, FaultError } from '../../src/core/fault.ts';
import { dataPath, externalLocations, placeOf, SEARCHED_BYTES } from '../../src/core/onnx/external.ts';
import type { ModelFiles } from './files.ts';

/** Weights that stand beside a graph, as a session takes them. */
export interface ExternalFile {
  /** As the graph names it. */
  readonly path: string;
  readonly data: Uint8Array;
}

/** A graph's file, and the data files that config.json announces for it. */
export interface SessionFiles {
  readonly graph: string;
  readonly announced: readonly string[];
}

/** The data files of graphs, as found. */
interface Found {
  /** The graph's name for a file to the file's path. */
  readonly needed: ReadonlyMap<string, string>;
  /** config.json announces just these. */
  readonly asAnnounced: boolean;
}

/**
 * The data files that graphs name, whatever config.json says of them: exports write them under any name, forget to announce them, or announce what is not
 * there.
 * @returns null where the announcement is right, and the library may go by it
 * @throws FaultError 'bad-model' naming every file that is not there
 */
export async function externalData(
  files: ModelFiles,
  sessions: readonly SessionFiles[],
): Promise<readonly ExternalFile[] | null> {
  const { needed, asAnnounced } = await findData(files, sessions);
  return asAnnounced ? null : readData(files, needed);
}

/**
 * The same for a graph that is opened without the library, which therefore goes by no announcement.
 * @throws FaultError 'bad-model' naming every file that is not there
 */
export async function dataOfGraph(files: ModelFiles, graph: string): Promise<readonly ExternalFile[]> {
  const announced = files.paths().filter((p) => p.startsWith(`${graph}_data`));
  const { needed } = await findData(files, [{ graph, announced }]);
  return readData(files, needed);
}

/**
 * What the library is told of data files besides what config.json announces.
 * @param options of the sessions, with the data files that we made ourselves
 */
export function withData(
  options: InferenceSession.SessionOptions,
  external: readonly ExternalFile[] | null,
): { session_options: InferenceSession.SessionOptions; use_external_data_format?: false } {
  if (external === null) return { session_options: options };
  const beside = [...(options.externalData ?? []), ...external];
  return {
    session_options: beside.length > 0 ? { ...options, externalData: beside } : options,
    use_external_data_format: false,
  };
}

async function findData(files: ModelFiles, sessions: readonly SessionFiles[]): Promise<Found> {
  const missing: string[] = [];
  const needed = new Map<string, string>();
  let asAnnounced = true;
  for (const { graph, announced } of sessions) {
    const named = files.has(graph) ? await locations(files, graph) : [];
    if (!files.has(graph)) missing.push(graph);
    if (named === null) {
      missing.push(...announced.filter((p) => !files.has(p)));
      for (const path of announced) needed.set(path.slice(graph.lastIndexOf('/') + 1), path);
      continue;
    }
    for (const location of named) {
      const path = dataPath(graph, location);
      if (path === null) throw outside(graph, location);
      if (!files.has(path)) missing.push(path);
      if (!announced.includes(path)) asAnnounced = false;
      needed.set(location, path);
    }
    if (announced.some((p) => !files.has(p))) asAnnounced = false;
  }
  if (missing.length > 0) throw lacks([...new Set(missing)]);
  return { needed, asAnnounced };
}

async function readData(files: ModelFiles, needed: Found['needed']): Promise<readonly ExternalFile[]> {
  const out: ExternalFile[] = [];
  for (const [path, file] of needed) {
    const body = await (await files.response(file))?.arrayBuffer();
    if (body) out.push({ path, data: new Uint8Array(body) });
  }
  return out;
}

/** null: the graph is too large to be searched. */
async function locations(files: ModelFiles, graph: string): Promise<readonly string[] | null> {
  if ((files.size(graph) ?? Infinity) > SEARCHED_BYTES) return null;
  const body = await (await files.response(graph))?.arrayBuffer();
  try {
    return body ? externalLocations(new Uint8Array(body)) : [];
  } catch (e) {
    // A broken graph, of which the runtime has the better words.
    if (e instanceof RangeError) return null;
    throw e;
  }
}

function outside(graph: string, location: string): FaultError {
  return new FaultError(
    fault(
      'bad-model',
      `The weights of ${graph} lie outside of the model's folder (${location}). Export the model with its weights beside the graph.`,
      { graph, location },
    ),
  );
}

function lacks(missing: readonly string[]): FaultError {
  const names = missing.map(placeOf).join(', ');
  return new FaultError(
    fault(
      'bad-model',
      `The model folder lacks ${names}. Bring the missing file, or choose a dtype that the folder has.`,
      { missing: names },
    ),
  );
}
