import { judgePrompt, VERDICTS } from '../../src/core/methods/ff.ts';
import type { TextPrompt } from '../../src/engines/text.ts';
import type { LabText, LabTextResult } from '../support/lab/text.ts';
import { listing, readJson } from './fixtures.ts';

/* What the text engine is asked in tests, and what Hugging Face's models reply to it. */

export interface Replies {
  readonly prompt: TextPrompt;
  readonly reply: string;
}
interface JudgeItem {
  readonly response: string;
  readonly reply: string;
}

export const writer = readJson<{ questions: readonly Replies[]; categories: readonly Replies[] }>(
  'test/data/demo/writer-reference.json',
);
const judge = readJson<{ items: Readonly<Record<string, Readonly<Record<'im_1' | 'im_2', JudgeItem>>>> }>(
  'test/data/demo/judge-reference.json',
);
const questions = readJson<Readonly<Record<string, { question: string; option_A: string; option_B: string }>>>(
  'public/benchmarks/phantoms/data/dataset.json',
);

/** The judge's prompts for the answers of the first pairs, and what it replies to them. */
export function judged(pairs: number): readonly Replies[] {
  return Object.entries(judge.items)
    .slice(0, pairs)
    .flatMap(([id, item]) => {
      const q = questions[id];
      if (!q) throw new Error(`There is no pair ${id}.`);
      const options = { A: q.option_A, B: q.option_B };
      return [item.im_1, item.im_2].map(({ response, reply }) => ({
        prompt: judgePrompt({ question: q.question, options, response }),
        reply,
      }));
    });
}

export function request(model: 'judge' | 'writer', asked: readonly Replies[], change: Partial<LabText> = {}): LabText {
  const [first] = asked;
  if (!first) throw new Error('Nothing is asked.');
  return {
    base: `/models/phantom-${model}/`,
    files: listing(`public/models/phantom-${model}`),
    device: 'wasm',
    dtype: 'fp32',
    generate: asked.map(({ prompt }) => ({ prompt, limit: 96 })),
    likelihoods: { prompt: first.prompt, texts: [VERDICTS.A, VERDICTS.B] },
    ...change,
  };
}

export function result(answer: LabTextResult | { readonly refused: string }): LabTextResult {
  if ('refused' in answer) throw new Error(answer.refused);
  return answer;
}
export const texts = ({ replies }: LabTextResult): readonly string[] =>
  replies.map((r) => (typeof r === 'string' ? `fault ${r}` : r.text));
