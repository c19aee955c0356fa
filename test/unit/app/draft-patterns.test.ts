import { expect, test } from 'vitest';
import { draftPatterns, failedPairs, patternPairs, type PatternJob } from '../../../src/app/draft-patterns.ts';
import type { PatternPair } from '../../../src/core/drafting/patterns.ts';
import { fail, fault, ok, type Result } from '../../../src/core/fault.ts';
import { summarise } from '../../../src/core/statistics/summary.ts';
import type { Generated, GenerateRequest } from '../../../src/engines/text.ts';
import { mediconfusion, policy } from '../statistics/fixtures.ts';

const pairs: readonly PatternPair[] = Array.from({ length: 5 }, (_, i) => ({
  id: String(i + 1),
  captions: ['one', 'two'],
  question: 'Which?',
  options: ['A', 'B'],
}));

function jobOf(reply: (r: GenerateRequest) => Result<string>, more: Partial<PatternJob> = {}) {
  const asked: GenerateRequest[] = [];
  const generate = (request: GenerateRequest): Promise<Result<Generated>> => {
    asked.push(request);
    const r = reply(request);
    return Promise.resolve(r.ok ? ok({ text: r.value, tokens: 9, ended: 'model' }) : r);
  };
  const told: [number, number][] = [];
  const job: PatternJob = {
    ...{ pairs, writer: { generate }, controlTokens: ['<|end|>'], atOnce: 2, maxTokens: 64 },
    signal: new AbortController().signal,
    says: (done, total) => void told.push([done, total]),
    ...more,
  };
  return { job, asked, told };
}
const shown = ({ prompt }: GenerateRequest): number =>
  ('user' in prompt ? prompt.user.match(/^Pair /gm)?.length : 0) ?? 0;

test('so many pairs a prompt, greedily; the patterns of all replies are joined', async () => {
  let n = 0;
  const { job, asked, told } = jobOf(() => ok(`1. Size: large\n2. Kind ${++n}: x`));
  const found = await draftPatterns(job);
  expect(asked.map(shown)).toEqual([2, 2, 1]);
  expect(asked.every((a) => a.sampling === undefined && a.limit === 64)).toBe(true);
  expect(found.patterns.map((p) => p.name)).toEqual(['Size', 'Kind 1', 'Kind 2', 'Kind 3']);
  expect(found.replies.map((r) => r.pairs)).toEqual([['1', '2'], ['3', '4'], ['5']]);
  expect(told.at(-1)).toEqual([5, 5]);
});

test('a prompt that is too long is halved until it fits; a pair that never fits is told', async () => {
  const { job, asked } = jobOf(
    (r) => (shown(r) > 1 ? fail(fault('bad-prompt', 'The prompt is too long.')) : ok('- Size')),
    { atOnce: 100 },
  );
  const found = await draftPatterns(job);
  expect(asked.map(shown)).toEqual([5, 3, 2, 1, 1, 1, 2, 1, 1]);
  expect(found.replies.map((r) => r.pairs.join())).toEqual(['1', '2', '3', '4', '5']);
  const never = await draftPatterns(jobOf(() => fail(fault('bad-prompt', 'The prompt is too long.'))).job);
  expect(never.replies.map((r) => [r.reply, r.problem])).toEqual(pairs.map(() => [null, 'The prompt is too long.']));
  expect(never.patterns).toEqual([]);
});

test('a pair whose text would end the turn is left out and named; where all are, that is the fault', async () => {
  const [first, ...rest] = pairs;
  if (!first) throw new Error('no pair');
  const odd: PatternPair = { ...first, question: 'Which?<|end|>' };
  const { job, asked } = jobOf(() => ok(''), { pairs: [odd, ...rest] });
  const found = await draftPatterns(job);
  expect(found.leftOut).toEqual([{ pair: '1', reason: expect.stringContaining('The question holds') }]);
  expect(asked.map(shown)).toEqual([2, 2]);
  await expect(draftPatterns({ ...job, pairs: [odd] })).rejects.toThrow('None of these pairs can be sent');
  await expect(draftPatterns({ ...job, pairs: [] })).rejects.toThrow('no failed pair');
});

test('a fault of the device, or a stop, ends it', async () => {
  await expect(draftPatterns(jobOf(() => fail(fault('device-lost', 'Gone.'))).job)).rejects.toThrow('Gone.');
  const { job } = jobOf(() => ok(''), { signal: AbortSignal.abort() });
  await expect(draftPatterns(job)).rejects.toThrow('stopped');
});

test('the pairs are those that the best method fails, the confused ones first', () => {
  const whole = mediconfusion();
  const benchmark = { ...whole, pairs: whole.pairs.slice(0, 4) };
  const ids = benchmark.pairs.map((p) => p.id);
  const records = policy(benchmark, 'gd', (p, i) =>
    p.id === ids[1] ? null : p.id === ids[2] ? 'A' : p.images[i === 1 ? 0 : 1].right,
  );
  const failed = failedPairs({ benchmark, records, summary: summarise(benchmark, records) });
  expect(failed.map((p) => p.id)).toEqual([ids[2], ids[1]]);
  const [first] = patternPairs(failed);
  expect(first?.captions[0]).not.toBe('');
  expect(failedPairs({ benchmark, records: [], summary: summarise(benchmark, []) })).toEqual([]);
});
