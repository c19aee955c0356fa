import { at, isObject } from '../json.ts';
import { DTYPE_SUFFIX, DTYPES, type Dtype, type DtypeMap } from './dtypes.ts';

/** Longest first, so that `x_q4f16` is not taken for `x` in another dtype. */
const BY_LENGTH = [...DTYPES].sort((a, b) => DTYPE_SUFFIX[b].length - DTYPE_SUFFIX[a].length);

/** The session and dtype behind a file name such as `onnx/vision_encoder_q4.onnx`; null for other files. */
export function sessionOf(path: string): { session: string; dtype: Dtype } | null {
  const match = /^onnx\/([^/]+)\.onnx$/.exec(path);
  const stem = match?.[1];
  if (stem === undefined) return null;
  const dtype = BY_LENGTH.find((d) => DTYPE_SUFFIX[d] !== '' && stem.endsWith(DTYPE_SUFFIX[d])) ?? 'fp32';
  return { session: stem.slice(0, stem.length - DTYPE_SUFFIX[dtype].length), dtype };
}

/** dtypes in which each session of a folder is there, in the order of DTYPES. */
export function dtypesIn(paths: readonly string[]): Readonly<Record<string, readonly Dtype[]>> {
  const found: Record<string, Dtype[]> = {};
  for (const path of paths) {
    const s = sessionOf(path);
    if (s) (found[s.session] ??= []).push(s.dtype);
  }
  for (const list of Object.values(found)) list.sort((a, b) => DTYPES.indexOf(a) - DTYPES.indexOf(b));
  return found;
}

/**
 * The files of one session: its graph, and its external data as config.json announces them
 * (transformers.js_config.use_external_data_format: a number, a boolean, or either by file or session name).
 */
export function sessionPaths(session: string, dtype: Dtype, config: unknown): readonly string[] {
  const base = `onnx/${session}${DTYPE_SUFFIX[dtype]}.onnx`;
  const format = at(config, 'transformers.js_config', 'use_external_data_format');
  const entry = isObject(format) ? (format[`${session}${DTYPE_SUFFIX[dtype]}.onnx`] ?? format[session] ?? 0) : format;
  const chunks = entry === true ? 1 : typeof entry === 'number' && Number.isInteger(entry) && entry > 0 ? entry : 0;
  return [base, ...Array.from({ length: chunks }, (_, i) => `${base}_data${i === 0 ? '' : `_${i}`}`)];
}

/** Files beside the weights that loading may ask for. Everything else of a repository is left where it is. */
const SMALL = /^(?!lookalike-model\.json$)[^/]+\.(json|jinja|txt|model)$/;
const OWN_GRAPH = /^onnx\/[^/]+\.onnx$/;
const LICENCE = /^(LICEN[CS]E|NOTICE|USE_POLICY|TERMS)[^/]*$/i;

/** The files of a model folder that Lookalike can use (weights in other forms, notebooks, pictures and graphs in folders of their own are not). */
export function modelFiles(paths: readonly string[]): readonly string[] {
  const owner = dataOwner(paths);
  const used = (path: string): boolean =>
    SMALL.test(path) ||
    LICENCE.test(path) ||
    OWN_GRAPH.test(path) ||
    (isDataFile(path) && OWN_GRAPH.test(owner(path) ?? 'onnx/any.onnx'));
  return paths.filter(used);
}

/**
 * Whether a file may hold a graph's weights: exporters name them `.onnx_data`, `.onnx.data`, `.data`, `.weights`, or by a number of their own, and may put
 * them into a folder beside the graph, or outside of `onnx` (`onnx/../`, as core/onnx writes it).
 */
export function isDataFile(path: string): boolean {
  return (
    /^onnx\/(?:\.\.\/)?(?:[^/.][^/]*\/)*[^/.][^/]*$/.test(path) &&
    !/\.(onnx|json|md|txt|py|ipynb|png|jpe?g|gitattributes|ort)$/i.test(path)
  );
}

/** The graph whose name a data file's goes on from; undefined for a name of its own. */
function dataOwner(listed: readonly string[]): (path: string) => string | undefined {
  const stems = listed
    .filter((p) => /^onnx\/.+\.onnx$/.test(p))
    .map((p) => p.slice(0, -'.onnx'.length))
    .sort((a, b) => b.length - a.length);
  return (path) => {
    const stem = stems.find((s) => path.startsWith(s));
    return stem === undefined ? undefined : `${stem}.onnx`;
  };
}

/**
 * The data files that may belong to a graph: those whose name goes on from its own, and those whose name goes on from no graph's.
 * @param graph such as `onnx/decoder_model_merged_q4.onnx`
 */
export function dataFilesOf(graph: string, listed: readonly string[]): readonly string[] {
  const owner = dataOwner(listed);
  return listed.filter((p) => isDataFile(p) && [undefined, graph].includes(owner(p)));
}

/**
 * The files that a model needs under a choice of dtypes, out of those that a repository or folder lists.
 * @param listed paths relative to the model's root
 * @param dtypes session to dtype; sessions left out are not taken
 * @param config parsed config.json
 * @returns the paths that exist and are needed, and those that are needed and missing
 */
export function filesFor(
  listed: readonly string[],
  dtypes: DtypeMap,
  config: unknown,
): { readonly files: readonly string[]; readonly missing: readonly string[] } {
  const there = new Set(listed);
  const small = listed.filter((p) => SMALL.test(p) || LICENCE.test(p));
  const files = [...small];
  const missing: string[] = there.has('config.json') ? [] : ['config.json'];
  for (const [session, dtype] of Object.entries(dtypes)) {
    const [graph = '', ...announced] = sessionPaths(session, dtype, config);
    const absent = announced.filter((p) => !there.has(p));
    // config.json may forget data files, or announce them for a graph that has none: the graph says, once it is read. Some of them missing is a fault.
    if (!there.has(graph)) missing.push(graph, ...absent);
    else if (absent.length < announced.length) missing.push(...absent);
    if (there.has(graph)) files.push(graph, ...dataFilesOf(graph, listed));
  }
  return { files: [...new Set(files)], missing };
}

/**
 * Where in a picked folder the model is: the shallowest folder with a config.json; '' for the top, null for none.
 * @param paths with '/', as a folder picker or a zip names them
 */
export function modelRoot(paths: readonly string[]): string | null {
  const roots = paths
    .filter((p) => p === 'config.json' || p.endsWith('/config.json'))
    .map((p) => p.slice(0, p.length - 'config.json'.length))
    .sort((a, b) => a.split('/').length - b.split('/').length || a.localeCompare(b));
  return roots[0] ?? null;
}
