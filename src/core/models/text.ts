import { fail, fault, ok, type Fault, type Result } from '../fault.ts';
import { at, isObject } from '../json.ts';
import { seesImages } from './families/sessions.ts';
import { dtypesIn } from './folder.ts';
import { dtypesOf } from './choice.ts';

/** The session file of a text model, without dtype suffix and ending. */
export const TEXT_SESSION = 'model';

/** What a folder holds, as far as it decides whether it can be asked as a text model. */
export interface TextFolder {
  readonly id: string;
  readonly paths: readonly string[];
  /** Parsed config.json. */
  readonly config: unknown;
  /** null: not looked for yet. */
  readonly chatTemplate: boolean | null;
}

const PYTORCH = /\.(safetensors|bin|pt|pth|gguf)$/;
const OTHERS = 'Choose another text model in the ONNX layout (onnx/model.onnx), the tested model itself, or a person.';

/**
 * Whether a folder is a text model that can be asked, whatever the device: one decoder in onnx/, a tokenizer, a chat template.
 * @returns the dtypes that it has; 'bad-model' or 'unsupported' naming what was found and what to do
 */
export function textDtypes({ id, paths, config, chatTemplate }: TextFolder): Result<readonly string[]> {
  const refuse = (code: Fault['code'], what: string): Result<never> =>
    fail(fault(code, `${id} cannot be asked as a text model: ${what} ${OTHERS}`, { model: id }));
  const sessions = Object.keys(dtypesIn(paths));
  if (seesImages(sessions) || isObject(at(config, 'vision_config')))
    return refuse('unsupported', 'it is a vision-language model, whose decoder takes embeddings.');
  const have = dtypesOf(paths, [TEXT_SESSION])[TEXT_SESSION] ?? [];
  if (have.length === 0) {
    const weights = paths.filter((p) => PYTORCH.test(p));
    if (weights.length > 0)
      return refuse(
        'bad-model',
        `it holds ${named(weights)} and no onnx/model.onnx, weights that a browser cannot run.`,
      );
    return refuse(
      'bad-model',
      sessions.length > 0
        ? `it has no onnx/model.onnx in any dtype, but onnx/${sessions.join(', onnx/')}.`
        : 'it has no onnx/model.onnx in any dtype.',
    );
  }
  if (!paths.includes('tokenizer.json'))
    return refuse('bad-model', 'it has no tokenizer.json. Bring the whole folder.');
  if (chatTemplate === false)
    return refuse('bad-model', 'it has no chat template (chat_template.jinja, or in tokenizer_config.json).');
  return ok(have);
}

function named(files: readonly string[]): string {
  const [first = '', ...rest] = files;
  return rest.length === 0 ? first : `${first} and ${rest.length} more`;
}

/** Files in which a chat template may lie. */
export const TEMPLATE_FILES = [
  'chat_template.jinja',
  'chat_template.json',
  'tokenizer_config.json',
  'processor_config.json',
] as const;

/**
 * Whether a file holds a chat template.
 * @param content its text
 */
export function holdsTemplate(path: string, content: string): boolean {
  if (path.endsWith('.jinja')) return content.trim() !== '';
  try {
    const json: unknown = JSON.parse(content);
    const template = at(json, 'chat_template') ?? (path === 'chat_template.json' ? json : null);
    return typeof template === 'string' || (Array.isArray(template) && template.length > 0);
  } catch {
    return false; // broken JSON is told where the model is loaded
  }
}

/** Why none of a text model's dtypes runs on a device. */
export function noTextDtype(id: string, have: readonly string[], device: 'webgpu' | 'wasm', half: boolean): Fault {
  const where = device === 'webgpu' ? `WebGPU${half ? '' : ' without shader-f16'}` : 'WASM';
  return fault(
    'bad-model',
    `${id} cannot be asked here: it has onnx/model only in ${have.join(', ')}, which ${where} does not compute. Bring it in fp32 or q4 too${device === 'wasm' ? ', or run on WebGPU' : ', or run on WASM'}.`,
    { model: id, dtypes: have.join(', '), device },
  );
}
