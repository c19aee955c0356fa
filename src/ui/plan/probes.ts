import type { MethodChoice } from '../../core/methods/names.ts';
import type { ProbeSettings } from '../../core/methods/probes.ts';

/** What a person says of a run's probes, as typed. */
export interface ProbeWish {
  readonly seed: string;
  /** In which pairs a flipped image exchanges the right answers. */
  readonly flips: 'none' | 'some' | 'all';
  /** Ids with commas between, where it is some. */
  readonly flipped: string;
}
export const USUAL_PROBES: ProbeWish = { seed: '0', flips: 'none', flipped: '' };

function idsOf(text: string): readonly string[] {
  return text
    .split(/[\s,;]+/)
    .map((id) => id.trim())
    .filter((id) => id !== '');
}

/** Whether something that is chosen depends on the seed, and on what a flip does to the right answers. */
export function probeNeeds(chosen: readonly MethodChoice[]): { readonly seed: boolean; readonly flips: boolean } {
  return {
    seed: chosen.some((c) => c.condition === 'marks-random' || c.condition === 'noise'),
    flips: chosen.some((c) => c.condition === 'flip'),
  };
}

/**
 * What is wrong with it, in a sentence; null where nothing is that matters for what is chosen.
 * @param pairs ids of the benchmark's pairs
 */
export function probeFault(
  { seed, flips, flipped }: ProbeWish,
  pairs: readonly string[],
  chosen: readonly MethodChoice[],
): string | null {
  const needs = probeNeeds(chosen);
  if (needs.seed && !/^\d{1,9}$/.test(seed)) return 'The seed must be a whole number of 0 or more.';
  if (!needs.flips || flips !== 'some') return null;
  const ids = idsOf(flipped);
  if (ids.length === 0) return 'Name the pairs whose question is about a side, or let the right answers stay.';
  const known = new Set(pairs);
  const unknown = ids.find((id) => !known.has(id));
  return unknown === undefined ? null : `The benchmark has no pair ${unknown}.`;
}

/** The same as a run takes it. */
export function probesWanted({ seed, flips, flipped }: ProbeWish): Pick<ProbeSettings, 'seed' | 'flipAnswers'> {
  return {
    seed: /^\d{1,9}$/.test(seed) ? Number(seed) : 0,
    flipAnswers: flips === 'all' ? 'all' : flips === 'some' ? idsOf(flipped) : [],
  };
}
