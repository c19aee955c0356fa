import type { PlannedSequence } from '../../src/core/plan/tree.ts';
import type { State } from './decoder.ts';
import { embedSegment } from './embed.ts';
import type { ExecuteDeps } from './execute.ts';

/** Greedy decoding, whatever generation_config says: no sampling, no penalties. */
export interface DecodeSettings {
  /** End-of-sequence ids of generation_config.json, config.json and the tokenizer. */
  readonly stopIds: ReadonlySet<number>;
  /** Positions of tokens behind the prompt: `next(ids)` gives the rows of the whole sequence. */
  positionsOf(sequence: PlannedSequence, ids: readonly number[]): readonly (readonly number[])[];
}

/** A reply that repeats one token this often is cut: the model is stuck, and every further token costs as much as the first. */
const STUCK = 16;

/**
 * Decodes greedily from a state (temperature 0, one beam; docs/scoring.md, MC).
 * @param first logits of the state's last token, [vocabulary]
 * @returns new token ids, the stop token left out
 */
export async function decodeGreedy(
  first: Float32Array,
  state: State,
  limit: number,
  sequence: PlannedSequence,
  deps: ExecuteDeps,
): Promise<readonly number[]> {
  const out: number[] = [];
  let current = state;
  let row = first;
  try {
    for (;;) {
      const token = argmax(row);
      if (deps.settings.stopIds.has(token)) break;
      out.push(token);
      if (out.length >= limit || stuck(out)) break;
      const ids = [...sequence.ids, ...out];
      const context = deps.contextOf(sequence.key);
      const positions = deps.settings.positionsOf(sequence, ids);
      // An image's token that the model writes itself is a word like any other, as in transformers: no image stands behind it.
      const written = { ...context, positions, images: [] };
      const step = await embedSegment(deps.embed, ids, ids.length - 1, ids.length, written);
      const next = await deps.decoder.extend(current, step, 1);
      deps.work.decodeTokens += 1;
      if (current !== state) current.dispose();
      current = next.state;
      row = next.logits.row(next.logits.rows - 1);
    }
  } finally {
    if (current !== state) current.dispose();
  }
  return out;
}

export function argmax(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if ((row[i] as number) > (row[best] as number)) best = i;
  return best;
}

export function stuck(ids: readonly number[]): boolean {
  if (ids.length < STUCK) return false;
  return ids.slice(-STUCK).every((id) => id === ids.at(-1));
}
