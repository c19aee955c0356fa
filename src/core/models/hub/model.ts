import { dataFilesOf, filesFor, sessionOf } from '../folder.ts';
import { isDtype, type Dtype, type DtypeMap } from '../dtypes.ts';
import { chooseDtypes, dtypesOf } from '../choice.ts';
import { encoderOf } from '../../discovery/encoders.ts';
import { familyOf } from '../families/registry.ts';
import { seesImages, sessionFiles } from '../families/sessions.ts';
import { fail, fault, ok, type Result } from '../../fault.ts';
import { at } from '../../json.ts';
import type { HubFile } from './listing.ts';

/** A model as the hub has it at a commit: what can be chosen, and what each choice costs, to the byte. */
export interface HubModel {
  readonly repository: string;
  readonly commit: string;
  readonly gated: boolean;
  /** As the model card says; null when it does not. */
  readonly licence: string | null;
  readonly modelType: string | null;
  readonly config: unknown;
  readonly files: readonly HubFile[];
  /** Bytes of each session in each dtype, external data included. */
  readonly sizes: Readonly<Record<string, Readonly<Partial<Record<Dtype, number>>>>>;
  /** Bytes of tokenizer, configurations and the like, needed whatever the choice. */
  readonly smallBytes: number;
}

/** Puts together what the hub said of a repository. */
export function describeModel(
  repository: string,
  facts: { commit: string; gated: boolean; licence: string | null },
  files: readonly HubFile[],
  config: unknown,
): HubModel {
  const sizes: Record<string, Partial<Record<Dtype, number>>> = {};
  const listed = files.map((f) => f.path);
  const data = (graph: string): readonly string[] => dataFilesOf(graph, listed);
  for (const { path } of files) {
    const s = sessionOf(path);
    if (!s) continue;
    const own = files.filter((f) => f.path === path || data(path).includes(f.path));
    (sizes[s.session] ??= {})[s.dtype] = own.reduce((n, f) => n + f.size, 0);
  }
  const small = new Set(
    filesFor(
      files.map((f) => f.path),
      {},
      config,
    ).files,
  );
  const smallBytes = files.reduce((n, f) => n + (small.has(f.path) ? f.size : 0), 0);
  const type = at(config, 'model_type');
  return { repository, ...facts, modelType: typeof type === 'string' ? type : null, config, files, sizes, smallBytes };
}

/** Sessions that a model's family loads; all that the repository has, where the model is of another kind (encoders, judges). */
function sessionsNeeded(model: HubModel): Result<readonly string[]> {
  const present = Object.keys(model.sizes);
  if (!seesImages(present)) return ok(onlySession(model, present));
  const family = familyOf(model.config);
  return family.ok ? ok(sessionFiles(family.value)) : family;
}

/** Of an encoder, the session that embeds images: a repository of CLIP has the text tower, and both together, beside it. */
function onlySession({ config }: HubModel, present: readonly string[]): readonly string[] {
  const encoder = encoderOf(config, []);
  const own = encoder.ok ? encoder.value.sessions.find((s) => present.includes(s)) : undefined;
  return own !== undefined ? [own] : present.includes('model') ? ['model'] : present;
}

export interface FileChoice {
  readonly dtypes: DtypeMap;
  readonly files: readonly HubFile[];
  readonly bytes: number;
}

/**
 * The files to download for a choice of dtypes; refuses, before anything large is fetched, what Lookalike cannot run or the repository lacks.
 * @param asked 'auto', one dtype, or session to dtype; one dtype falls back to fp32 for sessions that have none in it, as a run does
 */
export function chooseFiles(
  model: HubModel,
  asked: string | Readonly<Record<string, string>>,
  device: { readonly kind: 'webgpu' | 'wasm'; readonly half: boolean },
): Result<FileChoice> {
  const sessions = sessionsNeeded(model);
  if (!sessions.ok) return sessions;
  if (sessions.value.length === 0)
    return fail(
      fault(
        'unsupported',
        `${model.repository} has no .onnx files in its folder onnx: it is no ONNX export in the transformers.js layout.`,
      ),
    );
  const listed = model.files.map((f) => f.path);
  const chosen = chooseDtypes({
    offered: dtypesOf(listed, sessions.value),
    asked,
    device: device.kind,
    half: device.half,
  });
  if (!chosen.ok) return fail(fault('bad-model', chosen.message.replace('The model folder', model.repository)));
  const dtypes: Record<string, Dtype> = {};
  for (const [session, dtype] of Object.entries(chosen.value[0] ?? {})) if (isDtype(dtype)) dtypes[session] = dtype;
  const { files, missing } = filesFor(listed, dtypes, model.config);
  if (missing.length > 0)
    return fail(
      fault('bad-model', `${model.repository} lacks ${missing.join(', ')}. Choose another dtype or revision.`, {
        missing: missing.join(', '),
      }),
    );
  const wanted = new Set(files);
  const due = model.files.filter((f) => wanted.has(f.path));
  return ok({ dtypes, files: due, bytes: due.reduce((n, f) => n + f.size, 0) });
}
