import type { Segment } from '../../src/core/plan/types.ts';
import type { Logits, State } from './decoder.ts';

/** A segment that was run: its state, and the logits of its last positions. */
export interface Ran {
  readonly state: State;
  readonly logits: Logits;
}

/** The beginning of a tree that is asked again at once: owned here, and by no walk of a tree. */
export interface HeldSegment {
  /** What became of a segment of the same tokens and reads, or of this one, which takes the place of what was held. */
  of(segment: Segment, run: () => Promise<Ran>): Promise<Ran>;
  release(): void;
}

/** Holds one segment: a judge's reply and the likelihoods behind the same prompt compute the prompt once. */
export function createHeldSegment(): HeldSegment {
  let last: { readonly key: string; readonly ran: Ran } | null = null;
  function release(): void {
    last?.ran.state.dispose();
    last = null;
  }
  return {
    of: async (segment, run) => {
      // Logits go from the first read on; a segment that is decoded from has those of its last token.
      const key = `${segment.reads[0]?.position ?? segment.end - 1}:${segment.ids.join(',')}`;
      if (last?.key === key) return last.ran;
      release();
      const ran = await run();
      last = { key, ran };
      return ran;
    },
    release,
  };
}
