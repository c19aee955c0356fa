import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openFiles } from '../../../workers/onnx/files.ts';
import { sessionOptions } from '../../../workers/onnx/session-options.ts';

const graph = readFileSync(new URL('../../families/llava/model/onnx/decoder_model_merged_q4.onnx', import.meta.url));
const NAMES = ['language_model', 'lm_head'];

async function unpacked(unpackBytes: number) {
  const blob = new Blob([Uint8Array.from(graph)]);
  const files = NAMES.map((name) => ({ path: `onnx/${name}_q4.onnx`, size: blob.size, parts: [blob] }));
  const source = { kind: 'blobs' as const, files };
  const dtype = Object.fromEntries(NAMES.map((name) => [name, 'q4' as const]));
  const rung = { hideSubgroups: false, fp32Accumulation: false };
  const request = { source, device: 'wasm' as const, dtype, rung, unpackBytes };
  return sessionOptions(openFiles(source), request, {}, NAMES, NAMES);
}

it('all sessions that run for each token are unpacked, in the order given, within one budget', async () => {
  const all = await unpacked(2 ** 28);
  expect(all.unpacked).toBe(44);
  expect(all.session.externalData).toMatchObject(NAMES.map((name) => ({ path: `${name}_q4.onnx_data` })));
  const [first] = all.session.externalData as readonly { readonly data: Uint8Array }[];
  const one = await unpacked((first?.data.byteLength ?? 0) * 1.5);
  expect(one.unpacked).toBe(22);
  expect(one.session.externalData).toMatchObject([{ path: 'language_model_q4.onnx_data' }]);
});
