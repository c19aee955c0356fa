import { fault, type Fault } from '../../fault.ts';
import { at } from '../../json.ts';
import { blip2, instructblip } from './blip.ts';
import { gemma3, gemma3n, gemma4, paligemma } from './gemma.ts';
import { idefics3, smolvlm } from './idefics3.ts';
import { internvl } from './internvl.ts';
import { janus, multiModality } from './janus.ts';
import { fastVlm, llava, llavaNext, llavaOnevision, llavaQwen2 } from './llava.ts';
import { mllama } from './mllama.ts';
import { molmo2 } from './molmo2.ts';
import { moondream1 } from './moondream.ts';
import { florence2, lfm2Vl, mistral3 } from './others.ts';
import { qwen25Vl, qwen2Vl, qwen35, qwen35Moe, qwen3Vl, qwen3VlMoe } from './qwen.ts';
import { phi3v } from './phi3v.ts';
import { sessionRoles, type SessionRoles } from './sessions.ts';
import type { Family } from './types.ts';

/** Families that Lookalike scores, by `model_type`. */
export const FAMILIES = {
  llava,
  llava_next: llavaNext,
  llava_onevision: llavaOnevision,
  llava_qwen2: llavaQwen2,
  fast_vlm: fastVlm,
  idefics3,
  smolvlm,
  qwen2_vl: qwen2Vl,
  qwen2_5_vl: qwen25Vl,
  qwen3_vl: qwen3Vl,
  qwen3_vl_moe: qwen3VlMoe,
  qwen3_5: qwen35,
  qwen3_5_moe: qwen35Moe,
  gemma3,
  gemma3n,
  gemma4,
  paligemma,
  internvl,
  'blip-2': blip2,
  instructblip,
  mllama,
  molmo2,
  moondream1,
  janus,
  multi_modality: multiModality,
  phi3_v: phi3v,
  lfm2_vl: lfm2Vl,
  mistral3,
  florence2,
} as const satisfies Record<string, Family>;

/** Image-text-to-text types that are refused, with the reason. */
const REFUSED: Readonly<Record<string, string>> = {
  glm_ocr: 'it reads documents and takes one fixed instruction, not questions',
  lighton_ocr: 'it reads documents and takes no instruction',
  gemma3_text: 'it is a text model: choose an image-text-to-text model',
};

/** The family of a model folder, or why it is refused. Decided from config.json, before anything large is read. */
export function familyOf(config: unknown): { ok: true; value: Family } | { ok: false; fault: Fault } {
  const type = at(config, 'model_type');
  if (typeof type !== 'string' || type === '')
    return {
      ok: false,
      fault: fault('bad-model', 'config.json names no model_type, so Lookalike cannot tell what the model is.'),
    };
  const family = Object.hasOwn(FAMILIES, type) ? FAMILIES[type as keyof typeof FAMILIES] : undefined;
  if (family) return { ok: true, value: family };
  const reason = Object.hasOwn(REFUSED, type) ? REFUSED[type] : undefined;
  return {
    ok: false,
    fault: reason
      ? fault('unsupported', `Models of type ${type} cannot be scored: ${reason}.`, { type })
      : fault(
          'unsupported',
          `The model is of type ${type}, which is not an image-text-to-text type that Lookalike knows. Choose one of: ${Object.keys(FAMILIES).join(', ')}.`,
          { type },
        ),
  };
}

/** What each session of a model folder does; as in most families where its family is not known. */
export function rolesOf(config: unknown): SessionRoles {
  const family = familyOf(config);
  return sessionRoles(family.ok ? family.value : { layout: 'usual' });
}
