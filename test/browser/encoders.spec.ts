import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { rolesOf } from '../../src/core/models/families/registry.ts';
import type { EncodeRequest } from '../support/lab/encode.ts';
import { FAMILIES, familyRequest } from './families.ts';
import { startLab, type LabServer } from '../support/lab/server.ts';
import { listing, readJson, REPOSITORY } from './fixtures.ts';

/* Encoders of every kind against their original implementations, transform and all (tools/make/encoders). Each folder is a test. */

interface EncoderReference {
  readonly made: string;
  /** By the image's path below test. */
  readonly embeddings: Readonly<Record<string, readonly number[]>>;
}

const KINDS = readdirSync(join(REPOSITORY, 'test', 'encoders')).filter((name) =>
  existsSync(join(REPOSITORY, 'test', 'encoders', name, 'reference.json')),
);

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(async () => {
  await server.close();
});

function requestOf(folder: string, part: EncodeRequest['part'], images: readonly string[]): EncodeRequest {
  return { base: `/${folder}/`, files: listing(folder), part, device: 'wasm', images: images.map((i) => `/test/${i}`) };
}

/** The largest difference, in parts of the largest number. */
function difference(ours: readonly number[], theirs: readonly number[]): number {
  expect(ours).toHaveLength(theirs.length);
  const largest = Math.max(...theirs.map(Math.abs));
  return Math.max(...theirs.map((x, i) => Math.abs(x - (ours[i] ?? NaN)))) / largest;
}

/** Kinds that every run of the tests asks; the soak asks the others. */
const SAMPLE: ReadonlySet<string> = new Set(['dinov3', 'open-clip-timm']);

for (const kind of KINDS)
  test(
    `${kind} embeds images as its original implementation does`,
    { tag: SAMPLE.has(kind) ? [] : '@soak' },
    async ({ page }) => {
      await page.goto(server.url);
      const { embeddings } = readJson<EncoderReference>(`test/encoders/${kind}/reference.json`);
      const request = requestOf(`test/encoders/${kind}/model`, 'encoder', Object.keys(embeddings));
      const encoded = await page.evaluate((r) => lab.encode.embed(r), request);
      expect(encoded.batches).toBe(true);
      for (const [i, theirs] of Object.values(embeddings).entries())
        expect(difference(encoded.embeddings[i] ?? [], theirs)).toBeLessThan(1e-5);
    },
  );

const configOf = (family: string): unknown => readJson(`test/families/${family}/model/config.json`);
/** Families whose images are seen by the session that embeds texts, too. */
const TOWERLESS = FAMILIES.filter((family) => {
  const { vision, embed } = rolesOf(configOf(family));
  return vision === embed;
});

test('a model whose tower is in no session of its own is refused as an encoder', async ({ page }) => {
  await page.goto(server.url);
  expect(TOWERLESS).toEqual(['multi_modality']);
  const asked = requestOf('test/families/multi_modality/model', 'vision-tower', []);
  await expect(page.evaluate((r) => lab.encode.embed(r), asked)).rejects.toThrow(/tower is in no session of its own/);
});

for (const family of FAMILIES.filter((name) => !TOWERLESS.includes(name)))
  test(
    `the vision tower of ${family} embeds an image as the mean of what its decoder is given`,
    { tag: family === 'llava' ? [] : '@soak' },
    async ({ page }) => {
      await page.goto(server.url);
      const { items, ...request } = familyRequest(family, 'fp32', 'wasm', 1);
      const images = items.map((i) => i.image);
      const { vectors } = await page.evaluate((r) => lab.score.score(r), { ...request, items, render: false });
      const asked = { ...requestOf(`test/families/${family}/model`, 'vision-tower', []), images };
      const { embeddings, kind } = await page.evaluate((r) => lab.encode.embed(r), asked);
      const { model_type: type } = readJson<{ readonly model_type: string }>(
        `test/families/${family}/model/config.json`,
      );
      expect(kind).toBe(`vision tower of ${type}`);
      expect(vectors[0]).not.toEqual(vectors[1]);
      for (const [i, mine] of vectors.entries()) expect(difference(embeddings[i] ?? [], mine)).toBeLessThan(1e-5);
    },
  );
