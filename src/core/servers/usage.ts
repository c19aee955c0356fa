import { finiteAt } from './exchange.ts';

/** Tokens that an answer says it cost; 0 where it does not say. */
export interface Usage {
  readonly input: number;
  readonly output: number;
}

/** Reads what every kind of server says of its own work. */
export function usageOf(body: unknown): Usage {
  return {
    input:
      finiteAt(body, 'usage', 'prompt_tokens') ??
      finiteAt(body, 'usage', 'input_tokens') ??
      finiteAt(body, 'usageMetadata', 'promptTokenCount') ??
      finiteAt(body, 'meta_info', 'prompt_tokens') ??
      finiteAt(body, 'tokens_evaluated') ??
      0,
    output:
      finiteAt(body, 'usage', 'completion_tokens') ??
      finiteAt(body, 'usage', 'output_tokens') ??
      sum(
        finiteAt(body, 'usageMetadata', 'candidatesTokenCount'),
        finiteAt(body, 'usageMetadata', 'thoughtsTokenCount'),
      ) ??
      finiteAt(body, 'meta_info', 'completion_tokens') ??
      finiteAt(body, 'tokens_predicted') ??
      0,
  };
}

function sum(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0);
}
