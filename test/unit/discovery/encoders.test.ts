import { expect, it } from 'vitest';
import { ENCODERS, encoderNamed, encoderOf, sessionFile, towerOf } from '../../../src/core/discovery/encoders.ts';

it('every type of encoder is of one kind', () => {
  const types = ENCODERS.flatMap((e) => e.types);
  expect(new Set(types).size).toBe(types.length);
});
it('knows an encoder by config.json, and its session file by the folder', () => {
  const kind = encoderOf({ model_type: 'clip' }, []);
  expect(kind.ok && kind.value.name).toBe('CLIP');
  expect(kind.ok && sessionFile(kind.value, ['onnx/model.onnx', 'onnx/vision_model.onnx'])).toEqual({
    ok: true,
    value: 'onnx/vision_model.onnx',
  });
});
const VLM = ['onnx/decoder_model_merged.onnx', 'onnx/vision_encoder_fp16.onnx', 'onnx/vision_encoder_q4.onnx'];

it('refuses a vision-language model as an encoder, and a folder without a session, in a sentence that says what to do', () => {
  const vlm = encoderOf({ model_type: 'idefics3' }, VLM);
  expect(!vlm.ok && vlm.fault.message).toBe(
    'This is a vision-language model (idefics3), not an image encoder: choose a CLIP, SigLIP or DINO model, or ask for its vision tower ("vlm:" before the model\'s name on the command line, "vision tower" on the page).',
  );
  const dino = encoderOf({ model_type: 'dinov2' }, []);
  const none = dino.ok ? sessionFile(dino.value, ['config.json']) : dino;
  expect(!none.ok && none.fault.message).toContain('onnx/model.onnx or onnx/vision_model.onnx');
});
it('takes the vision tower of a model that is named behind "vlm:", in the finest weights', () => {
  expect(encoderNamed('vlm:models/smolvlm')).toEqual({ name: 'models/smolvlm', part: 'vision-tower' });
  expect(encoderNamed('models/clip')).toEqual({ name: 'models/clip', part: 'encoder' });
  expect(towerOf({ model_type: 'idefics3' }, VLM)).toEqual({
    ok: true,
    value: { type: 'idefics3', file: 'onnx/vision_encoder_fp16.onnx' },
  });
});
it('refuses "vlm:" before an encoder, before an unknown type, and where the folder has no tower', () => {
  const words = (config: unknown, paths: readonly string[]): string => {
    const found = towerOf(config, paths);
    return found.ok ? '' : found.fault.message;
  };
  expect(words({ model_type: 'clip' }, [])).toBe(
    'This is an image encoder (clip), which has no vision tower beside itself: name it without "vlm:".',
  );
  expect(words({ model_type: 'bert' }, [])).toContain('The model is of type bert');
  expect(words({ model_type: 'llava' }, ['config.json'])).toContain('no onnx/vision_encoder.onnx');
  expect(words({ model_type: 'multi_modality' }, ['onnx/prepare_inputs_embeds.onnx'])).toBe(
    "A multi_modality model's vision tower is in no session of its own: name another encoder.",
  );
});
it('knows the types of every kind of encoder that docs/pairs.md lists', () => {
  const kinds = Object.entries({
    clip: 'CLIP',
    open_clip: 'OpenCLIP',
    siglip: 'SigLIP',
    dinov2: 'DINO',
    dinov2_with_registers: 'DINO',
    dinov3_vit: 'DINO',
  });
  for (const [type, name] of kinds) {
    const kind = encoderOf({ model_type: type }, []);
    expect(kind.ok && kind.value.name, type).toBe(name);
  }
});
