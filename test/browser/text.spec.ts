import { expect, test } from '@playwright/test';
import type { Generated } from '../../src/engines/text.ts';
import type { LabText } from '../support/lab/text.ts';
import { startLab, type LabServer } from '../support/lab/server.ts';
import { listing } from './fixtures.ts';
import { judged, request, result, texts, writer } from './text.ts';

/* The text engine against Hugging Face's replies of the demo's judge and writer; on WebGPU in the soak. */

let server: LabServer;
test.beforeAll(async () => {
  server = await startLab();
});
test.afterAll(async () => {
  await server.close();
});

test('the demo’s writer and judge reply as in PyTorch', async ({ page }) => {
  await page.goto(server.url);
  const drafts = [...writer.questions, ...writer.categories];
  const written = result(await page.evaluate((r) => lab.text.ask(r), request('writer', drafts)));
  expect(texts(written)).toEqual(drafts.map((d) => d.reply));
  expect(written.certificate).toMatchObject({ passed: true, device: 'wasm' });
  const asked = judged(4);
  const verdicts = result(await page.evaluate((r) => lab.text.ask(r), request('judge', asked)));
  expect(texts(verdicts)).toEqual(asked.map((a) => a.reply));
});

test('prompts that share a beginning compute it once, and the state of the prompt before is cut where they part', async ({
  page,
}) => {
  await page.goto(server.url);
  const asked = judged(1);
  const { work, replies } = result(await page.evaluate((r) => lab.text.ask(r), request('judge', asked)));
  const alone = result(await page.evaluate((r) => lab.text.ask(r), request('judge', asked.slice(1))));
  // Everything up to the response is the same for both images of a pair: 59 tokens here, of which the system text is 18.
  expect((work?.reused ?? 0) - (alone.work?.reused ?? 0)).toBeGreaterThan(40);
  expect(replies[1]).toEqual(alone.replies[0]);
});

test('decoding ends when both scores can be read, or at a text that ends it', async ({ page }) => {
  await page.goto(server.url);
  const [first] = judged(1);
  if (!first) throw new Error('There is no answer.');
  const { prompt } = first;
  const generate = [
    { prompt, limit: 96, stop: { kind: 'scores' as const } },
    { prompt, limit: 96, stop: { kind: 'texts' as const, texts: ['\nYour'] } },
    { prompt, limit: 3 },
  ];
  const { replies } = result(await page.evaluate((r) => lab.text.ask(r), request('judge', [first], { generate })));
  expect(replies.map((r) => (typeof r === 'string' ? r : [r.text.trimEnd(), r.ended]))).toEqual([
    ['A: 9\nB: 1', 'rule'],
    ['A: 9\nB: 1', 'rule'],
    [expect.any(String), 'limit'],
  ]);
});

test('sampling is the same for the same seed, and another for another', async ({ page }) => {
  await page.goto(server.url);
  const [first] = judged(1);
  if (!first) throw new Error('There is no answer.');
  const sampled = (seed: number): LabText['generate'][number] => ({
    prompt: first.prompt,
    limit: 24,
    sampling: { temperature: 3, topP: 1, seed },
  });
  const generate = [sampled(1), sampled(1), sampled(2)];
  const { replies } = result(await page.evaluate((r) => lab.text.ask(r), request('judge', [first], { generate })));
  const [one, same, other] = replies as readonly Generated[];
  expect(same).toEqual(one);
  expect(other).not.toEqual(one);
});

test('a request that is stopped ends with the fault "stopped", and the next one is answered', async ({ page }) => {
  await page.goto(server.url);
  const asked = judged(1);
  const stopped = result(await page.evaluate((r) => lab.text.ask(r), request('judge', asked, { abort: true })));
  expect(stopped.replies).toEqual(['stopped', 'stopped']);
  expect(stopped.likelihoods).toHaveLength(2);
});

test('4-bit weights give the likelihoods of their own full forward', async ({ page }) => {
  await page.goto(server.url);
  const four = result(await page.evaluate((r) => lab.text.ask(r), request('judge', judged(1), { dtype: 'q4' })));
  expect(four.dtype).toBe('q4');
  expect(four.certificate.libraries['decoder weights']).toContain('unpacked from 4 bits');
  expect(four.certificate.checks.every((c) => c.passed)).toBe(true);
});

const FILES = (...paths: readonly string[]): LabText['files'] =>
  listing('public/models/phantom-judge').filter((f) => paths.includes(f.path));

const REFUSED: readonly (readonly [string, LabText['files'], Partial<LabText>, RegExp])[] = [
  ['has no ONNX file', FILES('config.json', 'tokenizer.json', 'tokenizer_config.json'), {}, /no onnx\/model\.onnx/],
  ['has no tokenizer', FILES('config.json', 'tokenizer_config.json', 'onnx/model.onnx'), {}, /no tokenizer\.json/],
  ['has no chat template', FILES('config.json', 'tokenizer.json', 'onnx/model.onnx'), {}, /no chat template/],
  [
    'has only q4f16, on WASM',
    [...FILES('config.json', 'tokenizer.json', 'tokenizer_config.json'), { path: 'onnx/model_q4f16.onnx', size: 1 }],
    { dtype: 'auto' },
    /only in q4f16, which WASM does not compute/,
  ],
];
for (const [why, files, change, said] of REFUSED)
  test(`a folder that ${why} is refused before anything is loaded`, async ({ page }) => {
    await page.goto(server.url);
    const answer = await page.evaluate((r) => lab.text.ask(r), request('judge', judged(1), { files, ...change }));
    expect('refused' in answer ? answer.refused : 'it was taken').toMatch(said);
  });
