import { fault, type Fault } from '../fault.ts';
import type { Subject } from './subject.ts';

/** What stands in the way of comparing runs, or must be said of it. */
export interface Comparability {
  readonly fault: Fault | null;
  readonly notes: readonly string[];
}

/**
 * Whether runs asked the same pairs. Another question file is told; pairs whose right answers differ under one id, or no common pair, are refused.
 */
export function comparability(subjects: readonly Subject[]): Comparability {
  const [first, ...others] = subjects;
  if (!first) return { fault: fault('bad-argument', 'There is no run to compare.'), notes: [] };
  const right = new Map(first.benchmark.pairs.map((p) => [p.id, p.images.map((i) => i.right).join('')]));
  const notes: string[] = [];
  for (const other of others) {
    const common = other.benchmark.pairs.filter((p) => right.has(p.id));
    const names = `${first.title} (${named(first)}) and ${other.title} (${named(other)})`;
    if (common.length === 0)
      return {
        fault: fault('bad-argument', `${names} have no pair in common, so they cannot be compared.`),
        notes: [],
      };
    const unlike = common.find((p) => right.get(p.id) !== p.images.map((i) => i.right).join(''));
    if (unlike)
      return {
        fault: fault(
          'bad-argument',
          `${names} have other right answers to pair ${unlike.id}: they are not about the same questions, so they cannot be compared.`,
        ),
        notes: [],
      };
    if (first.info.benchmark.sha256 !== other.info.benchmark.sha256)
      notes.push(`${names} are of different question files; compared on the ${common.length} pairs that both have.`);
    else if (common.length < right.size || common.length < other.benchmark.pairs.length)
      notes.push(`${names}: compared on the ${common.length} pairs that both have.`);
  }
  return { fault: null, notes };
}

function named({ info }: Subject): string {
  return `${info.benchmark.name}, ${info.benchmark.sha256.slice(0, 8)}, ${info.benchmark.pairs} pairs`;
}
