import type { Decoder, State, Step } from './decoder.ts';

/** A prompt that was computed: its state, and the logits of its last token. */
export interface Computed {
  readonly state: State;
  /** [vocabulary] */
  readonly last: Float32Array;
}

export interface PrefixDeps {
  readonly decoder: Decoder;
  /** A prompt takes a run of its own: only one that is asked again is held. */
  readonly alone: boolean;
  /** The step of tokens [start, end). */
  step(ids: readonly number[], start: number, end: number): Step;
  /** null where a state cannot be cut. */
  truncate(state: State, length: number): State | null;
  /** Counts tokens that were computed, and those whose state was at hand. */
  count(computed: number, reused: number): void;
}

/**
 * Holds the state of the newest prompt, so that the next one is computed from where the two part. One state at a time: a prompt's whole state is some
 * megabytes to hundreds of them.
 */
export class PrefixHolder {
  private readonly deps: PrefixDeps;
  private ids: readonly number[] = [];
  private held: Computed | null = null;

  constructor(deps: PrefixDeps) {
    this.deps = deps;
  }

  /** The prompt's state; it belongs to this holder until the next call. */
  async at(ids: readonly number[]): Promise<Computed> {
    const shared = Math.min(commonLength(this.ids, ids), ids.length);
    if (this.held && shared === ids.length && shared === this.ids.length) {
      this.deps.count(0, shared);
      return this.held;
    }
    // The last token is computed in any case, for its logits.
    const from = await this.start(this.deps.alone ? 0 : Math.min(shared, ids.length - 1));
    try {
      const start = from.length;
      const { state, logits } = await this.deps.decoder.extend(from, this.deps.step(ids, start, ids.length), 1);
      this.deps.count(ids.length - start, start);
      // A copy, since the row is a view of all rows where the session gives all.
      this.held = { state, last: logits.row(logits.rows - 1).slice() };
      this.ids = ids;
      return this.held;
    } finally {
      from.dispose();
    }
  }

  /** A state of the first `shared` tokens or of none; the held one is given up. */
  private async start(shared: number): Promise<State> {
    const { held } = this;
    this.held = null;
    const length = this.ids.length;
    this.ids = [];
    if (held === null) return this.deps.decoder.empty();
    if (shared === length) return held.state;
    try {
      return (shared > 0 ? this.deps.truncate(held.state, shared) : null) ?? this.deps.decoder.empty();
    } finally {
      held.state.dispose();
    }
  }

  dispose(): void {
    this.held?.state.dispose();
    this.held = null;
    this.ids = [];
  }
}

/** How many tokens two sequences share at their beginning. */
export function commonLength(a: readonly number[], b: readonly number[]): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return n;
}
