import { expect, it } from 'vitest';
import { readBlind, type BlindQuestion } from '../../../src/app/blind.ts';
import { fail, fault, ok } from '../../../src/core/fault.ts';
import type { LikelihoodsRequest } from '../../../src/engines/text.ts';

const question = (id: string, option_1 = 'Left', option_2 = 'Right'): BlindQuestion => ({
  id,
  wording: { question: `${id}?`, option_1, option_2 },
});
const scored = (...sums: readonly number[]) =>
  Promise.resolve(ok(sums.map((sum) => ({ score: sum, sum, tokens: [1], tokenLogprobs: [sum] }))));
const asking = (
  likelihoods: (r: LikelihoodsRequest) => ReturnType<typeof scored> | Promise<ReturnType<typeof fail>>,
) => ({
  text: { likelihoods },
  controlTokens: ['<|end|>'],
  signal: new AbortController().signal,
  says: () => undefined,
});

it('reads the log odds of option 1 in both orders', async () => {
  const asked: string[] = [];
  const { odds } = await readBlind(
    [question('p')],
    asking(({ prompt, texts }) => {
      asked.push(prompt.user);
      expect(texts).toEqual(['A', 'B']);
      // Left is e times as likely as Right, and the letter A e^3 times as likely as B.
      return prompt.user.includes('A: Left') ? scored(-1, -5) : scored(-1, -3);
    }),
  );
  expect(asked).toHaveLength(2);
  expect(odds.get('p')).toEqual([4, -2]);
});

it('leaves out what cannot be asked with its reason, and goes on', async () => {
  const { odds, unasked } = await readBlind(
    [question('token', 'Left <|end|>'), question('long'), question('good')],
    asking(({ prompt }) =>
      prompt.user.includes('long?')
        ? Promise.resolve(fail(fault('bad-prompt', 'The prompt is too long.')))
        : scored(-1, -2),
    ),
  );
  expect([...odds.keys()]).toEqual(['good']);
  expect([...unasked]).toEqual([
    ['token', 'It holds the control token <|end|>.'],
    ['long', 'The prompt is too long.'],
  ]);
});

it('ends with what is wrong with the device', async () => {
  const broken = asking(() => Promise.resolve(fail(fault('device-lost', 'The GPU was lost.'))));
  await expect(readBlind([question('p')], broken)).rejects.toThrow('The GPU was lost.');
});
