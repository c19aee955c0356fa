import { AutoModelForImageTextToText, PretrainedConfig } from '@huggingface/transformers';
import type { InferenceSession } from 'onnxruntime-web/webgpu';
import { sessionPaths } from '../../src/core/models/folder.ts';
import { familyOf } from '../../src/core/models/families/registry.ts';
import { sessionFiles } from '../../src/core/models/families/sessions.ts';
import type { Family, FamilyFiles } from '../../src/core/models/families/types.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import { isObject } from '../../src/core/json.ts';
import type { LoadRequest } from '../../src/protocol/engine.ts';
import type { DtypeMap } from '../../src/protocol/model.ts';
import { externalData, withData, type SessionFiles } from '../onnx/external.ts';
import type { ModelFiles } from '../onnx/files.ts';
import { createTokenizer, type Tokenizer } from '../language/tokenizer.ts';
import { LOCAL_ID } from '../onnx/runtime.ts';
import { sessionOptions } from '../onnx/session-options.ts';

export interface Sessions {
  readonly vision: InferenceSession;
  readonly embed: InferenceSession;
  readonly decoder: InferenceSession;
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
  const options = await sessionOptions(files, request, config, sessionFiles(family), 'decoder_model_merged');
  return {
    family,
    files: familyFiles,
    reader: family.sees === 'read' ? await readerOf(files) : null,
    sessions: await openSessions(request, family, config, withData(options.session, external)),
    unpacked: options.unpacked,
  };
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

async function openSessions(
  request: LoadRequest,
  family: Family,
  config: unknown,
  options: ReturnType<typeof withData>,
): Promise<Sessions> {
  const model = await AutoModelForImageTextToText.from_pretrained(LOCAL_ID, {
    device: request.device,
    ...libraryConfig(family, config),
    dtype: { ...request.dtype, ...(request.dtype['encoder_model'] ? { model: request.dtype['encoder_model'] } : {}) },
    ...options,
  });
  const all = model.sessions as Record<string, InferenceSession>;
  const need = (name: string): InferenceSession => {
    const s = all[name];
    if (!s) throw new FaultError(fault('bad-model', `The model has no ${name} session.`, { session: name }));
    return s;
  };
  return {
    vision: need('vision_encoder'),
    embed: need('embed_tokens'),
    decoder: need('decoder_model_merged'),
    encoder: all['model'] ?? null,
    all,
    release: async () => {
      await model.dispose();
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
