import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOfGraph, externalData, withData } from '../../../workers/onnx/external.ts';
import { openFiles, type ModelFiles } from '../../../workers/onnx/files.ts';
import { moveWeights } from '../../support/cases/external.ts';

const GRAPH = 'onnx/decoder_model_merged.onnx';
const SOURCE = fileURLToPath(new URL('../../families/llava/model/', import.meta.url));

let here: string;
beforeAll(() => {
  here = mkdtempSync(join(tmpdir(), 'lookalike-external-'));
});
afterAll(() => rmSync(here, { recursive: true, force: true }));

/** A folder whose graph has its weights in a data file; where it lies in the end, as `moved` says. */
function folder(location: string | null, moved?: string): ModelFiles {
  const dir = mkdtempSync(join(here, 'm-'));
  mkdirSync(join(dir, 'onnx', 'data'), { recursive: true });
  cpSync(join(SOURCE, GRAPH), join(dir, GRAPH));
  const paths = [GRAPH];
  if (location !== null) {
    moveWeights(join(dir, GRAPH), location);
    const path = moved ?? `onnx/${location.replace('./', '')}`;
    if (moved !== undefined) renameSync(join(dir, 'onnx', location), join(dir, moved));
    paths.push(path);
  }
  const files = paths.map((path) => {
    const blob = new Blob([Uint8Array.from(readFileSync(join(dir, path)))]);
    return { path, size: blob.size, parts: [blob] };
  });
  return openFiles({ kind: 'blobs', files });
}

const ANNOUNCED = [`${GRAPH}_data`];
const found = async (files: ModelFiles, announced: readonly string[]) =>
  (await externalData(files, [{ graph: GRAPH, announced }]))?.map((f) => f.path) ?? null;

describe('external data', () => {
  it('that is announced as it is leaves the library to go by the announcement', async () => {
    expect(await found(folder('decoder_model_merged.onnx_data'), ANNOUNCED)).toBeNull();
    expect(await found(folder(null), [])).toBeNull();
  });
  it.each([
    'decoder_model_merged.onnx_data',
    'decoder_model_merged.onnx.data',
    'decoder_model_merged.data',
    'weights.bin',
    './model.data',
    '7f0c1d9e-5a3b-4c1e-9d42-0b6f3a1c2d3e',
    'data/decoder.weights',
  ])('that nobody announces is found under the name that the graph gives, %s', async (location) => {
    const files = folder(location);
    expect(await found(files, [])).toEqual([location]);
    const [data] = (await externalData(files, [{ graph: GRAPH, announced: [] }])) ?? [];
    expect(data?.data.length).toBeGreaterThan(10_000);
  });
  it('outside of the folder onnx is found where it lies, and outside of the model is refused', async () => {
    const files = folder('../weights.bin', 'weights.bin');
    await expect(found(files, [])).rejects.toThrow('The model folder lacks weights.bin. Bring the missing file');
    const listed = files.paths().map((path) => (path === 'weights.bin' ? 'onnx/../weights.bin' : path));
    const named = listed.map((path, i) => ({ path, from: files.paths()[i] ?? '' }));
    const blobs = await Promise.all(
      named.map(async ({ path, from }) => {
        const blob = (await (await files.response(from))?.blob()) ?? new Blob();
        return { path, size: blob.size, parts: [blob] };
      }),
    );
    expect(await found(openFiles({ kind: 'blobs', files: blobs }), [])).toEqual(['../weights.bin']);
    await expect(found(folder('../../weights.bin', 'weights.bin'), [])).rejects.toThrow(
      `The weights of ${GRAPH} lie outside of the model's folder (../../weights.bin). Export the model with its weights beside the graph.`,
    );
  });
  it('that is announced for a graph that has none is not asked for', async () => {
    expect(await found(folder(null), ANNOUNCED)).toEqual([]);
  });
  it('announced under another name than the graph gives is taken by the graph’s', async () => {
    expect(await found(folder('weights.bin'), ANNOUNCED)).toEqual(['weights.bin']);
  });
  it('that the graph names and the folder lacks is named', async () => {
    const files = folder('weights.bin', 'onnx/renamed.bin');
    await expect(found(files, [])).rejects.toThrow(
      'The model folder lacks onnx/weights.bin. Bring the missing file, or choose a dtype that the folder has.',
    );
  });
  it('of a graph that is opened without the library is read whatever is announced', async () => {
    const names = async (files: ModelFiles) => (await dataOfGraph(files, GRAPH)).map((f) => f.path);
    expect(await names(folder('decoder_model_merged.onnx_data'))).toEqual(['decoder_model_merged.onnx_data']);
    expect(await names(folder('weights.bin'))).toEqual(['weights.bin']);
    expect(await names(folder(null))).toEqual([]);
  });
  it('stands beside data of our own, and the announcement is put aside', () => {
    const own = { path: 'unpacked', data: new Uint8Array(1) };
    const theirs = { path: 'weights.bin', data: new Uint8Array(2) };
    expect(withData({ externalData: [own] }, [theirs])).toEqual({
      session_options: { externalData: [own, theirs] },
      use_external_data_format: false,
    });
    expect(withData({ externalData: [own] }, null)).toEqual({ session_options: { externalData: [own] } });
    expect(withData({}, [])).toEqual({ session_options: {}, use_external_data_format: false });
  });
});
