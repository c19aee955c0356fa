import type { FakeServer, Lie, Way } from './answers.ts';
import { ANTHROPIC } from './kinds/anthropic.ts';
import { GEMINI } from './kinds/gemini.ts';
import { LLAMA } from './kinds/llamacpp.ts';
import { OPENAI } from './kinds/openai.ts';
import { SGLANG } from './kinds/sglang.ts';
import { VLLM } from './kinds/vllm.ts';

export type { FakeServer, Lie } from './answers.ts';
export type FakeKind = 'vllm' | 'llamacpp' | 'openai' | 'sglang' | 'gemini' | 'anthropic';

export function fakeServer(kind: FakeKind, ...lies: readonly Lie[]): FakeServer {
  const fake: FakeServer = {
    ...{ lies: new Set(lies), asked: [], instead: [] },
    answer: (ask) => {
      fake.asked.push(ask);
      const other = fake.instead.shift();
      if (other) return other;
      const way = WAYS[kind][ask.path];
      return way ? way(ask.body, fake) : { status: 404, body: { detail: 'Not Found' } };
    },
  };
  return fake;
}

/** What each kind answers, by path. */
const WAYS: Readonly<Record<FakeKind, Readonly<Record<string, Way>>>> = {
  vllm: VLLM,
  llamacpp: LLAMA,
  openai: OPENAI,
  sglang: SGLANG,
  gemini: GEMINI,
  anthropic: ANTHROPIC,
};
