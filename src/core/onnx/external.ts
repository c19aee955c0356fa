import { fields, text, type Field } from './protobuf.ts';

/** Graphs above this many bytes hold their weights themselves, and are not searched. */
export const SEARCHED_BYTES = 300 * 1024 * 1024;

/**
 * Files beside the graph that its tensors lie in (TensorProto.external_data, key `location`), each once, as the graph writes them. Initializers and constants
 * of nested graphs are read too.
 * @throws RangeError for a graph that is cut
 */
export function externalLocations(bytes: Uint8Array): readonly string[] {
  const found = new Set<string>();
  const tensor = (f: Field): void => {
    for (const t of fields(bytes, f.from, f.to)) if (t.number === 13) add(t);
  };
  const add = (entry: Field): void => {
    const parts = [...fields(bytes, entry.from, entry.to)].map((f) => [f.number, text(bytes, f)] as const);
    const { 1: key, 2: value } = Object.fromEntries(parts);
    if (key === 'location' && value !== undefined) found.add(value);
  };
  const graph = (from: number, to: number): void => {
    for (const f of fields(bytes, from, to)) {
      if (f.number === 5) tensor(f);
      if (f.number !== 1) continue;
      for (const attribute of fields(bytes, f.from, f.to)) {
        if (attribute.number !== 5) continue;
        // AttributeProto: t 5, g 6, graphs 11.
        for (const a of fields(bytes, attribute.from, attribute.to)) {
          if (a.number === 5) tensor(a);
          if (a.number === 6 || a.number === 11) graph(a.from, a.to);
        }
      }
    }
  };
  for (const f of fields(bytes)) if (f.number === 7) graph(f.from, f.to);
  return [...found];
}

/**
 * Where a data file lies that a graph names, as a path from the model's root. A file outside the graph's own folder keeps that in its path
 * (`onnx/../weights.bin`), so that it is told from files that happen to lie there.
 * @param graph path of the graph, such as `onnx/model.onnx`
 * @param location as the graph gives it, relative to itself
 * @returns null: outside of the model's folder
 */
export function dataPath(graph: string, location: string): string | null {
  const folder = graph.slice(0, graph.lastIndexOf('/') + 1);
  const parts: string[] = [];
  for (const part of `${folder}${location.replaceAll('\\', '/')}`.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  const path = parts.join('/');
  return path.startsWith(folder) ? path : `${folder}../${path}`;
}

/** The files outside the folder `onnx` that a graph's weights lie in, by `dataPath`; none for a graph that cannot be read. */
export function outsideData(graph: string, bytes: Uint8Array): readonly string[] {
  try {
    const paths = externalLocations(bytes).map((location) => dataPath(graph, location));
    return paths.filter((path) => path !== null).filter((path) => path.startsWith(OUTSIDE));
  } catch (e) {
    // A broken graph, of which the runtime has the better words.
    if (e instanceof RangeError) return [];
    throw e;
  }
}

const OUTSIDE = 'onnx/../';

/** Where a file of a model lies, from the model's root. */
export function placeOf(path: string): string {
  return path.startsWith(OUTSIDE) ? path.slice(OUTSIDE.length) : path;
}
