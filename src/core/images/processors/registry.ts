import { fail, fault, ok, type Result } from '../../fault.ts';
import { settingsOf, type ProcessorFiles } from '../settings.ts';
import { llavaNext, llavaOnevision } from './anyres.ts';
import { bit } from './bit.ts';
import { blip } from './blip.ts';
import { clip } from './clip.ts';
import { dinov3 } from './dinov3.ts';
import { gemma3 } from './gemma3.ts';
import { gemma4 } from './gemma4.ts';
import { idefics3 } from './idefics3.ts';
import { internvl } from './internvl.ts';
import { deepseekVlm, janus } from './janus.ts';
import { lfm2vl } from './lfm2vl.ts';
import { llava } from './llava.ts';
import { mllama } from './mllama.ts';
import { molmo2 } from './molmo2.ts';
import { openClip } from './openclip.ts';
import { phi3v } from './phi3v.ts';
import { pixtral } from './pixtral.ts';
import { qwen2vl } from './qwen2vl.ts';
import { siglip } from './siglip.ts';
import type { ConfiguredProcessor, ImageProcessor } from './types.ts';
import { vit } from './vit.ts';

/** Every image processor that Lookalike has. A new one: its file, and a line here. */
export const PROCESSORS: readonly ImageProcessor[] = [
  siglip,
  clip,
  openClip,
  llava,
  vit,
  bit,
  dinov3,
  blip,
  idefics3,
  qwen2vl,
  gemma3,
  gemma4,
  llavaNext,
  llavaOnevision,
  phi3v,
  pixtral,
  internvl,
  lfm2vl,
  janus,
  deepseekVlm,
  mllama,
  molmo2,
];

/** The class that a family's folder means when it names none (transformers' auto mapping). */
const BY_MODEL_TYPE: Readonly<Record<string, ImageProcessor>> = {
  clip,
  siglip,
  siglip2: siglip,
  vit,
  dinov2: bit,
  dinov2_with_registers: bit,
  dinov3_vit: dinov3,
  llava: clip,
  llava_qwen2: clip,
  fast_vlm: clip,
  florence2: clip,
  paligemma: siglip,
  gemma3n: siglip,
  moondream1: siglip,
  idefics3,
  smolvlm: idefics3,
  qwen2_vl: qwen2vl,
  qwen2_5_vl: qwen2vl,
  qwen3_vl: qwen2vl,
  qwen3_vl_moe: qwen2vl,
  qwen3_5: qwen2vl,
  qwen3_5_moe: qwen2vl,
  gemma3,
  gemma4,
  llava_next: llavaNext,
  llava_onevision: llavaOnevision,
  pixtral,
  mistral3: pixtral,
  lfm2_vl: lfm2vl,
  internvl,
  got_ocr2: internvl,
  mllama,
  molmo2,
  janus,
  multi_modality: deepseekVlm,
  phi3_v: phi3v,
  'blip-2': blip,
  instructblip: blip,
};

/**
 * Class names of other versions of transformers, and of libraries that borrow its processors, for the class that does the same. Endings (Fast, Pil) and
 * `FeatureExtractor` are taken off before.
 */
const ALIASES: Readonly<Record<string, ImageProcessor>> = {
  Qwen2_5_VLImageProcessor: qwen2vl,
  Qwen25VLImageProcessor: qwen2vl,
  Qwen2_VLImageProcessor: qwen2vl,
  Qwen3_VLImageProcessor: qwen2vl,
  Qwen3_5ImageProcessor: qwen2vl,
  Qwen3_5VLImageProcessor: qwen2vl,
  Qwen3VLMoeImageProcessor: qwen2vl,
  SmolVLMImageProcessor: idefics3,
  SmolVLM2ImageProcessor: idefics3,
  LlavaOneVisionImageProcessor: llavaOnevision,
  LlavaNeXTImageProcessor: llavaNext,
};

/** The image processor that a model folder asks for, with its settings. */
export function processorFor(files: ProcessorFiles): Result<ConfiguredProcessor> {
  const settings = settingsOf(files);
  const named = settings.raw['image_processor_type'] ?? settings.raw['feature_extractor_type'];
  const name =
    typeof named === 'string' ? named.replace(/FeatureExtractor$/, 'ImageProcessor').replace(/(Fast|Pil)$/, '') : null;
  const found =
    PROCESSORS.find((p) => name !== null && p.names.includes(name)) ??
    (name !== null && Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined) ??
    (name === null ? BY_MODEL_TYPE[files.modelType] : undefined);
  if (!found)
    return fail(
      fault(
        'unsupported',
        name === null
          ? `Lookalike does not know how images of a ${files.modelType || 'model without a type'} are prepared: its preprocessor_config.json names no image processor.`
          : `Lookalike has no image processor of the kind ${name}.`,
        { processor: name, modelType: files.modelType },
      ),
    );
  return ok(found.configure(settings, files));
}
