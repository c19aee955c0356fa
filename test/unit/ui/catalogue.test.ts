import { describe, expect, test } from 'vitest';
import { builtInCatalogue, type CatalogueEntry } from '../../../src/core/models/catalogue.ts';
import { describeModel } from '../../../src/core/models/hub/model.ts';
import { isGated, progressWords } from '../../../src/ui/models/words.ts';
import { hubOffers, offersOf, placeOf, preferredOffer, type Place } from '../../../src/ui/models/catalogue.ts';
import type { DeviceReport } from '../../../src/ui/shared/capability.ts';

const GiB = 2 ** 30;
const limits = {
  webgpu: false,
  shaderF16: false,
  maxBufferSize: null,
  maxStorageBufferBindingSize: null,
  memory: 8 * GiB,
  freeStorage: 100e9,
};
const processor: Place = { kind: 'wasm', half: false, limits };
const gpu: Place = { kind: 'webgpu', half: true, limits: { ...limits, webgpu: true, shaderF16: true } };
const plainGpu: Place = { kind: 'webgpu', half: false, limits: { ...limits, webgpu: true } };

function entry(id: string): CatalogueEntry {
  const all = builtInCatalogue();
  const found = all.ok ? all.value.find((e) => e.id === id) : undefined;
  if (!found) throw new Error(`${id} is not in the catalogue`);
  return found;
}
const of = (id: string, dtype: string, place: Place) => offersOf(entry(id), place).find((o) => o.dtype === dtype);

describe('what the weights of a catalogue entry cost here', () => {
  test('sessions that a dtype lacks are counted in fp32, as a run takes them', () => {
    const offer = of('geeek/medgemma-4b-it-ONNX', 'q4', gpu);
    const { sizes } = entry('geeek/medgemma-4b-it-ONNX');
    const due = (sizes['decoder_model_merged']?.q4 ?? NaN) + (sizes['vision_encoder']?.fp32 ?? NaN);
    expect(offer).toMatchObject({ whole: true, fit: { download: due } });
  });

  test('a total that was seen counts more than the decoder alone', () => {
    expect(of('HuggingFaceTB/SmolVLM-500M-Instruct', 'q4f16', gpu)).toMatchObject({
      whole: true,
      fit: { download: 497e6, verdict: 'fits' },
    });
  });

  test('a decoder whose encoder is not known is never said to fit', () => {
    for (const offer of offersOf(entry('llava-hf/llava-onevision-qwen2-0.5b-ov-hf'), gpu))
      expect(offer).toMatchObject({ whole: false, fit: { verdict: expect.stringMatching(/unknown|too-large/) } });
  });

  test('half precision: fits with shader-f16, is too large without, and is not known on the processor', () => {
    const verdict = (place: Place) => of('HuggingFaceTB/SmolVLM-500M-Instruct', 'q4f16', place)?.fit.verdict;
    expect([gpu, plainGpu, processor].map(verdict)).toEqual(['fits', 'too-large', 'unknown']);
  });

  test('q4f16 is proposed with shader-f16, q4 without', () => {
    const offers = (place: Place) => offersOf(entry('HuggingFaceTB/SmolVLM-Instruct'), place);
    expect(preferredOffer(offers(gpu), true)?.dtype).toBe('q4f16');
    expect(preferredOffer(offers(plainGpu), false)?.dtype).toBe('q4');
  });
});

test('once the hub has listed a model, each choice is known to the byte, and what cannot run is not offered', () => {
  const file = (path: string, size: number) => ({ path, size, sha256: null, gitOid: 'a'.repeat(40) });
  const files = [
    file('config.json', 10),
    file('onnx/vision_encoder.onnx', 300),
    file('onnx/embed_tokens.onnx', 200),
    file('onnx/decoder_model_merged_q4.onnx', 100),
    file('onnx/vision_encoder_fp16.onnx', 150),
  ];
  const facts = { commit: 'c'.repeat(40), gated: false, licence: 'mit' };
  const offers = hubOffers(describeModel('o/n', facts, files, { model_type: 'smolvlm' }), processor);
  expect(offers.map((o) => [o.dtype, o.choice.bytes])).toEqual([['q4', 610]]);
});

test('a software adapter is no GPU for automatic runs', () => {
  const adapter = { info: {}, fallback: true, half: true, features: [], limits: {} };
  const report: DeviceReport = {
    capabilities: {
      browser: '',
      cores: 2,
      isolated: true,
      shared: true,
      locks: true,
      offscreen: true,
      memory: null,
      adapter,
    },
    memory: 4,
    storage: { used: 1, quota: 11, persisted: false, where: 'disk' },
  };
  expect(placeOf(report)).toMatchObject({ kind: 'wasm', half: false, limits: { memory: 4 * GiB, freeStorage: 10 } });
});

test.each([
  [{ done: 5e6, total: 2e7, rate: 1e6, running: true }, '5.0 MB of 20.0 MB, 1.0 MB/s, 15 s left'],
  [{ done: 5e6, total: 2e7, rate: null, running: true }, '5.0 MB of 20.0 MB'],
  [{ done: 5e6, total: 2e7, rate: 1e6, running: false }, '5.0 MB of 20.0 MB, paused'],
  [{ done: 2e7, total: 2e7, rate: 1e6, running: true }, '20.0 MB of 20.0 MB, checking what arrived'],
])('progress %o in words', (job, words) => {
  expect(progressWords(job)).toBe(words);
});

test('only a refusal of the hub asks for a token', () => {
  expect(isGated({ code: 'network', message: '', facts: { status: 401 } })).toBe(true);
  expect(isGated({ code: 'network', message: '', facts: { status: 407 } })).toBe(false);
  expect(isGated({ code: 'storage', message: '' })).toBe(false);
});
