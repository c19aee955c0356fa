import { fail, fault, ok, type Result } from '../fault.ts';
import { stringAt } from '../json.ts';
import { DTYPE_SUFFIX, type Dtype } from '../models/dtypes.ts';
import { familyOf } from '../models/families/registry.ts';
import { sessionRoles } from '../models/families/sessions.ts';

/** What of a model folder embeds images: a folder that is an encoder, or the vision tower of a vision-language model. */
export type EncoderPart = 'encoder' | 'vision-tower';

/** How the vision tower of a vision-language model is asked for where an encoder is named: `vlm:` and the model. */
export const TOWER = 'vlm:';

/** The model that was named as an encoder, and what of it is meant. */
export function encoderNamed(name: string): { readonly name: string; readonly part: EncoderPart } {
  return name.startsWith(TOWER) ? { name: name.slice(TOWER.length), part: 'vision-tower' } : { name, part: 'encoder' };
}

/** How an embedding is taken from a vision session. */
export interface EncoderKind {
  readonly name: string;
  /** model_type of config.json, of the whole model or of its vision part alone. */
  readonly types: readonly string[];
  /** Session files in onnx/, the first that is there. */
  readonly sessions: readonly string[];
  /** Outputs by name, in order of preference, and what of them is the embedding: all of [n, d], or the first token of [n, t, d]. */
  readonly outputs: readonly { readonly name: string; readonly take: 'all' | 'first-token' }[];
}

const PROJECTED = [
  { name: 'image_embeds', take: 'all' },
  { name: 'image_features', take: 'all' },
] as const;
const POOLED = [{ name: 'pooler_output', take: 'all' }] as const;
const CLASS_TOKEN = [{ name: 'last_hidden_state', take: 'first-token' }] as const;
const VISION = ['vision_model', 'model'] as const;

/** Every kind of encoder that Lookalike has. A new one: a line here. */
export const ENCODERS: readonly EncoderKind[] = [
  { name: 'CLIP', types: ['clip', 'clip_vision_model', 'chinese_clip'], sessions: VISION, outputs: PROJECTED },
  {
    name: 'OpenCLIP',
    types: ['open_clip'],
    sessions: VISION,
    outputs: PROJECTED,
  },
  {
    name: 'SigLIP',
    types: ['siglip', 'siglip2', 'siglip_vision_model', 'siglip2_vision_model'],
    sessions: VISION,
    outputs: [...PROJECTED, ...POOLED],
  },
  // RAD-DINO is a DINOv2; its embedding is the class token (its model card), which the pooled output of DINOv2 equals behind the last norm.
  {
    name: 'DINO',
    types: ['dinov2', 'dinov2_with_registers', 'dinov3_vit', 'dinov3', 'vit', 'dino'],
    sessions: ['model', 'vision_model'],
    outputs: CLASS_TOKEN,
  },
];

/**
 * The kind of encoder that a model folder holds.
 * @param config its config.json, parsed
 * @param paths of its files
 */
export function encoderOf(config: unknown, paths: readonly string[]): Result<EncoderKind> {
  const type = stringAt(config, ['model_type'], '');
  const kind = ENCODERS.find((e) => e.types.includes(type));
  if (kind) return ok(kind);
  if (isVisionLanguage(paths))
    return fail(
      fault(
        'unsupported',
        `This is a vision-language model (${type || 'of no named type'}), not an image encoder: choose a CLIP, SigLIP or DINO model, or ask for its vision tower ("vlm:" before the model's name on the command line, "vision tower" on the page).`,
        { modelType: type },
      ),
    );
  return fail(
    fault(
      'unsupported',
      `Lookalike does not know how an encoder of the type ${type === '' ? '(none named)' : type} embeds images. It takes CLIP, OpenCLIP, SigLIP, DINOv2, DINOv3 and ViT exports.`,
      { modelType: type },
    ),
  );
}

const isVisionLanguage = (paths: readonly string[]): boolean =>
  paths.some((p) => /(^|\/)prepare_inputs_embeds/.test(p)) ||
  (paths.some((p) => /(^|\/)decoder_model_merged/.test(p)) && paths.some((p) => /(^|\/)vision_encoder/.test(p)));

/** Finest first: a quantised tower loses features. */
const TOWER_DTYPES: readonly Dtype[] = ['fp32', 'fp16', 'q8', 'q4', 'int8', 'uint8', 'q4f16', 'bnb4'];

/**
 * The vision tower of a vision-language model: its family's type, and its session file.
 * @param config its config.json, parsed
 * @param paths of its files
 */
export function towerOf(config: unknown, paths: readonly string[]): Result<{ type: string; file: string }> {
  const type = stringAt(config, ['model_type'], '');
  if (ENCODERS.some((e) => e.types.includes(type)))
    return fail(
      fault(
        'bad-argument',
        `This is an image encoder (${type}), which has no vision tower beside itself: name it without "vlm:".`,
        { modelType: type },
      ),
    );
  const family = familyOf(config);
  if (!family.ok) return family;
  const { vision, embed } = sessionRoles(family.value);
  if (vision === embed)
    return fail(
      fault('unsupported', `A ${type} model's vision tower is in no session of its own: name another encoder.`, {
        modelType: type,
      }),
    );
  const file = TOWER_DTYPES.map((d) => `onnx/${vision}${DTYPE_SUFFIX[d]}.onnx`).find((f) => paths.includes(f));
  return file === undefined
    ? fail(fault('bad-model', `The model's folder has no onnx/${vision}.onnx. Bring the whole folder.`))
    : ok({ type, file });
}

/** The session file of an encoder, fp32 unless another dtype is all there is. */
export function sessionFile(kind: EncoderKind, paths: readonly string[]): Result<string> {
  for (const suffix of ['', '_fp16', '_quantized'])
    for (const session of kind.sessions) {
      const path = `onnx/${session}${suffix}.onnx`;
      if (paths.includes(path)) return ok(path);
    }
  const wanted = kind.sessions.map((s) => `onnx/${s}.onnx`).join(' or ');
  return fail(fault('bad-model', `The encoder's folder has no ${wanted}. Bring the whole folder.`));
}
