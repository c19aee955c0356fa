import { fault, FaultError } from '../../src/core/fault.ts';
import type { Generated } from '../../src/protocol/text.ts';
import { stuck } from './decode.ts';
import type { Decoder, State, Step } from './decoder.ts';
import type { Choose } from './sampling.ts';

export interface GenerateDeps {
  readonly decoder: Decoder;
  readonly stopIds: ReadonlySet<number>;
  readonly choose: Choose;
  /** The step of the token at a position. */
  step(token: number, position: number): Step;
  /** Whether the reply so far is complete. */
  complete(ids: readonly number[]): boolean;
  cancelled(): boolean;
  /** Counts one decoder run. */
  count(): void;
}

/**
 * Decodes token by token from a state, which stays whole.
 * @param first logits of the state's last token, [vocabulary]
 * @param limit longest reply, in tokens
 * @returns new token ids, the stop token left out, and what ended them
 * @throws FaultError 'stopped' before the token that follows a cancellation
 */
export async function generate(
  first: Float32Array,
  state: State,
  limit: number,
  deps: GenerateDeps,
): Promise<{ readonly ids: readonly number[]; readonly ended: Generated['ended'] }> {
  const ids: number[] = [];
  let current = state;
  let row = first;
  try {
    for (;;) {
      await breathe();
      if (deps.cancelled()) throw new FaultError(fault('stopped', 'The text model was stopped.'));
      const token = deps.choose(row);
      if (deps.stopIds.has(token)) return { ids, ended: 'model' };
      ids.push(token);
      if (deps.complete(ids)) return { ids, ended: 'rule' };
      if (ids.length >= limit) return { ids, ended: 'limit' };
      if (stuck(ids)) return { ids, ended: 'stuck' };
      const next = await deps.decoder.extend(current, deps.step(token, current.length), 1);
      deps.count();
      if (current !== state) current.dispose();
      current = next.state;
      row = next.logits.row(next.logits.rows - 1);
    }
  } finally {
    if (current !== state) current.dispose();
  }
}

/** Lets messages in: a cancellation is one, and the runtime's own waiting lets none through. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
