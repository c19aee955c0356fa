import { asksInOtherWords } from '../../core/scoring/methods.ts';

/** What a plan is made of, as far as it can keep a run from starting. */
export interface PlanState {
  /** Another run is going on. */
  readonly busy: boolean;
  readonly model: boolean;
  /** Pairs of the benchmark that can run; null without a benchmark. */
  readonly pairs: number | null;
  readonly methods: readonly string[];
  /** Prompt sets chosen for `+paraphrase`. */
  readonly words: number;
  /** Example images of the prompt set that were not brought. */
  readonly missing: readonly string[];
  readonly limitWrong: boolean;
}

/** Why a run cannot start, and what to do; null when it can. The first thing to mend first. */
export function hindranceOf(p: PlanState): string | null {
  if (p.busy) return 'Another run is going on; one at a time, because one model owns the device.';
  if (!p.model) return 'Bring a model first.';
  if (p.pairs === null) return 'Bring a benchmark first.';
  if (p.pairs === 0) return 'This benchmark has no pair that can run.';
  if (p.methods.length === 0) return 'Choose at least one method.';
  if (p.words === 0 && asksInOtherWords(p.methods))
    return 'Choose a prompt set whose words the questions are also put in.';
  if (p.missing.length > 0) return `Bring the example images that the prompt set shows: ${p.missing.join(', ')}.`;
  return p.limitWrong ? 'The limit must be a whole number of pairs, 1 or more.' : null;
}
