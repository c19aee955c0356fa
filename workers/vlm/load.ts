import {
  AutoModelForImageTextToText,
  LlamaForCausalLM,
  PretrainedConfig,
  PreTrainedModel,
} from '@huggingface/transformers';
import type { InferenceSession } from 'onnxruntime-web/webgpu';
import { sessionPaths } from '../../src/core/models/folder.ts';
import { familyOf } from '../../src/core/models/families/registry.ts';
import { sessionFiles, sessionRoles } from '../../src/core/models/families/sessions.ts';
import type { Family, FamilyFiles } from '../../src/core/models/families/types.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import { isObject } from '../../src/core/json.ts';
import type { LoadRequest } from '../../src/protocol/engine.ts';
import type { DtypeMap } from '../../src/protocol/model.ts';
import { externalData, withData, type SessionFiles } from '../onnx/external.ts';
import type { ModelFiles } from '../onnx/files.ts';
import { createHead, type Head } from '../language/head.ts';
import { createTokenizer, type Tokenizer } from '../language/tokenizer.ts';
import { LOCAL_ID } from '../onnx/runtime.ts';
import { sessionOptions } from '../onnx/session-options.ts';
import type { Layout } from './layouts/layout.ts';
import { LAYOUTS } from './layouts/layouts.ts';

export interface Sessions extends Layout {
  readonly decoder: InferenceSession;
  /** Makes logits of the decoder's hidden states, where it gives none. */
  readonly head: Head | null;
  /** Encoder of encoder-decoder families. */
  readonly encoder: InferenceSession | null;
  readonly all: Readonly<Record<string, InferenceSession>>;
  release(): Promise<void>;
}

export interface OpenedModel {
  readonly family: Family;
  readonly files: FamilyFiles;
  readonly sessions: Sessions;
  /** The tokenizer of a Q-Former, where the family has one. */
  readonly reader: Tokenizer | null;
  /** Matrices of the decoder that were unpacked from 4 bits at load. */
  readonly unpacked: number;
}

/** Reads the configuration files, decides the family, checks that every session file is there, and creates the sessions. */
export async function openModel(files: ModelFiles, request: LoadRequest): Promise<OpenedModel> {
  const config = await files.json('config.json');
  if (config === null)
    throw new FaultError(fault('bad-model', 'The model folder has no config.json. Bring the whole folder.'));
  const found = familyOf(config);
  if (!found.ok) throw new FaultError(found.fault);
  const family = found.value;
  const external = await externalData(files, sessionsOf(config, family, request.dtype));
  const familyFiles: FamilyFiles = {
    config,
    processor: await files.json('processor_config.json'),
    preprocessor: await files.json('preprocessor_config.json'),
    tokenizerConfig: await files.json('tokenizer_config.json'),
  };
  const options = await sessionOptions(files, request, config, sessionFiles(family), onceAToken(family));
  return {
    family,
    files: familyFiles,
    reader: family.sees === 'read' ? await readerOf(files) : null,
    sessions: await openSessions(request, family, familyFiles, withData(options.session, external)),
    unpacked: options.unpacked,
  };
}

/** Sessions that run for each token that is computed, the largest first. */
function onceAToken(family: Family): readonly string[] {
  const { decoder, head } = sessionRoles(family);
  return head === null ? [decoder] : [decoder, head];
}

/** The files of each session that the family loads, as config.json announces them. */
function sessionsOf(config: unknown, family: Family, dtype: DtypeMap): readonly SessionFiles[] {
  return sessionFiles(family).map((name) => {
    const d = dtype[name];
    if (d === undefined)
      throw new FaultError(fault('bad-argument', `No dtype was chosen for ${name}.`, { file: name }));
    const [graph = '', ...announced] = sessionPaths(name, d, config);
    return { graph, announced };
  });
}

type OpenOptions = ReturnType<typeof withData>;

async function openSessions(
  request: LoadRequest,
  family: Family,
  files: FamilyFiles,
  options: OpenOptions,
): Promise<Sessions> {
  const open = family.layout === 'usual' ? openTogether : openEach;
  const { all, encoder, release } = await open(request, family, options, files.config);
  const need = (name: string): InferenceSession => {
    const s = all[name];
    if (!s) throw new FaultError(fault('bad-model', `The model has no ${name} session.`, { session: name }));
    return s;
  };
  const roles = sessionRoles(family);
  const decoder = need(roles.decoder);
  return {
    ...LAYOUTS[family.layout]({ vision: need(roles.vision), embed: need(roles.embed), decoder }, files, request.device),
    decoder,
    head: roles.head === null ? null : createHead(need(roles.head)),
    encoder,
    all,
    release,
  };
}

interface Opened {
  readonly all: Readonly<Record<string, InferenceSession>>;
  readonly encoder: InferenceSession | null;
  release(): Promise<void>;
}

/** As the library opens a model of the family's type. */
async function openTogether(
  { device, dtype }: LoadRequest,
  family: Family,
  options: OpenOptions,
  config: unknown,
): Promise<Opened> {
  const model = await AutoModelForImageTextToText.from_pretrained(LOCAL_ID, {
    device,
    ...libraryConfig(family, config),
    dtype: { ...dtype, ...(dtype['encoder_model'] ? { model: dtype['encoder_model'] } : {}) },
    ...options,
  });
  const all = model.sessions as Record<string, InferenceSession>;
  return {
    all,
    encoder: all['model'] ?? null,
    release: async () => {
      await model.dispose();
    },
  };
}

/** Each file for itself: the library would also open those with which a model draws pictures. The decoder as a language model, whose cache stays on the device. */
async function openEach({ device, dtype }: LoadRequest, family: Family, options: OpenOptions): Promise<Opened> {
  const { decoder } = sessionRoles(family);
  const models: PreTrainedModel[] = [];
  const all: Record<string, InferenceSession> = {};
  for (const name of sessionFiles(family)) {
    const kind = name === decoder ? LlamaForCausalLM : PreTrainedModel;
    const model = await kind.from_pretrained(LOCAL_ID, { device, dtype, model_file_name: name, ...options });
    models.push(model);
    all[name] = (model.sessions as Record<string, InferenceSession>)['model'] as InferenceSession;
  }
  return {
    all,
    encoder: null,
    release: async () => {
      for (const model of models) await model.dispose();
    },
  };
}

/** The configuration under a type that the library opens the same files for, where it does not know the model's own. */
function libraryConfig(family: Family, config: unknown): { config?: PretrainedConfig } {
  if (family.sessionsOf === null || !isObject(config)) return {};
  const is_encoder_decoder = sessionFiles(family).includes('encoder_model');
  // Moondream's first exports name their text model phi_config.
  const text_config = config['text_config'] ?? config['phi_config'];
  const known = { ...config, ...(text_config === undefined ? {} : { text_config }) };
  return { config: new PretrainedConfig({ ...known, model_type: family.sessionsOf, is_encoder_decoder }) };
}

/** The tokenizer with which a Q-Former reads the question (tools/export writes it beside the model's own). */
async function readerOf(files: ModelFiles): Promise<Tokenizer | null> {
  const json = await files.json('qformer_tokenizer.json');
  return isObject(json) ? createTokenizer(json, {}, null) : null;
}
