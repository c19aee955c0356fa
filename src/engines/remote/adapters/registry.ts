import type { ServerKind } from '../../../core/servers/kinds.ts';
import type { Adapter, AdapterParts } from '../adapter.ts';
import { anthropicAdapter, geminiAdapter } from './closed.ts';
import { llamacppAdapter } from './llamacpp.ts';
import { openaiAdapter } from './openai.ts';
import { sglangAdapter } from './sglang.ts';
import { vllmAdapter } from './vllm.ts';

/** Every kind of server by its adapter. A new kind: its file, its facts in core/servers/kinds.ts, and a line here. */
const ADAPTERS = {
  vllm: vllmAdapter,
  llamacpp: llamacppAdapter,
  sglang: sglangAdapter,
  openai: openaiAdapter,
  gemini: geminiAdapter,
  anthropic: anthropicAdapter,
} satisfies Readonly<Record<ServerKind, (parts: AdapterParts) => Adapter>>;

export function adapterFor(kind: ServerKind, parts: AdapterParts): Adapter {
  return ADAPTERS[kind](parts);
}
