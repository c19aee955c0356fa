import type { Benchmark } from '../core/benchmark/types.ts';
import { canonicalJson } from '../core/exchange/canonical.ts';
import { fault, FaultError } from '../core/fault.ts';
import type { MarkSet } from '../core/images/marks/mark.ts';
import type { MethodChoice } from '../core/methods/names.ts';
import { isProbe, NO_PROBES, type ProbeSettings } from '../core/methods/probes.ts';
import { showsMarks } from '../core/methods/registry.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import { sha256 } from '../store/hash.ts';

/**
 * What a run's configuration says of its probes; nothing where no method is under one.
 * @throws FaultError 'bad-argument' where marks are to be shown and no pair of the benchmark has some
 */
export async function probesOfRun(
  choices: readonly MethodChoice[],
  benchmark: Pick<Benchmark, 'name' | 'pairs' | 'marks' | 'part'>,
  given: Partial<ProbeSettings> = {},
): Promise<Pick<RunConfig, 'probes'>> {
  if (!choices.some((c) => c.condition !== null && isProbe(c.condition))) return {};
  const probes = { ...NO_PROBES, ...given };
  if (!showsMarks(choices)) return { probes: { ...probes, marks: null, marksSha256: null } };
  // All of them, whichever pairs are here: the parts of a run must name the same marks.
  const marks = given.marks ?? benchmark.marks ?? {};
  const here = benchmark.pairs.some(({ id }) => Object.hasOwn(marks, id));
  if (!here && benchmark.part === undefined) throw new FaultError(noMarks(benchmark.name, given.marks ?? null));
  const marksSha256 = await sha256(new TextEncoder().encode(canonicalJson(marks)));
  return { probes: { ...probes, marks, marksSha256 } };
}

function noMarks(name: string, given: MarkSet | null) {
  const what =
    given === null
      ? `The benchmark ${name} has no marks to show. Draw some on its pairs, or name a file of marks with --marks FILE.`
      : `None of the marks is of a pair of ${name}: the pairs' ids differ. Name a file of marks made for this benchmark.`;
  return fault('bad-argument', what);
}
