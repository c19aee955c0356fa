import type { MethodChoice } from '../../core/methods/names.ts';
import { asksInOtherWords, showsMarks } from '../../core/methods/registry.ts';

/** What a plan is made of, as far as it can keep a run from starting. */
export interface PlanState {
  /** Another run is going on. */
  readonly busy: boolean;
  readonly model: boolean;
  /** Pairs of the benchmark that can run; null without a benchmark. */
  readonly pairs: number | null;
  readonly methods: readonly MethodChoice[];
  /** Whether the prompt set that is asked for is here. */
  readonly promptSet: boolean;
  /** Prompt sets chosen for `+paraphrase`. */
  readonly words: number;
  /** Example images of the prompt set that were not brought. */
  readonly missing: readonly string[];
  /** Pairs of the benchmark that have marks. */
  readonly marked: number;
  /** What is wrong with the settings of probes; null where nothing is. */
  readonly probes: string | null;
  readonly limitWrong: boolean;
  /** What is wrong with how a server is to be asked. */
  readonly serverWrong: string | null;
}

/** Why a run cannot start, and what to do; null when it can. The first thing to mend first. */
export function hindranceOf(p: PlanState): string | null {
  if (p.busy) return 'Another run is going on; one at a time, because one model owns the device.';
  if (!p.model) return 'Bring a model first.';
  if (p.pairs === null) return 'Bring a benchmark first.';
  if (p.pairs === 0) return 'This benchmark has no pair that can run.';
  if (p.methods.length === 0) return 'Choose at least one method.';
  if (!p.promptSet) return 'Choose a prompt set: the one that was asked for is not here.';
  if (p.words === 0 && asksInOtherWords(p.methods))
    return 'Choose a prompt set whose words the questions are also put in.';
  if (p.marked === 0 && showsMarks(p.methods))
    return 'This benchmark has no marks to show: open one of its pairs and draw some.';
  if (p.probes !== null) return p.probes;
  if (p.missing.length > 0) return `Bring the example images that the prompt set shows: ${p.missing.join(', ')}.`;
  if (p.serverWrong !== null) return p.serverWrong;
  return p.limitWrong ? 'The limit must be a whole number of pairs, 1 or more.' : null;
}
