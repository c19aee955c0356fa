import type { Benchmark } from '../../core/benchmark/types.ts';
import type { PatternName } from '../../core/drafting/patterns.ts';
import { toFault, type Fault } from '../../core/fault.ts';
import { joinedOverlay, withPatterns, withRemark, type Overlay, type PairRemark } from '../../core/overlay/overlay.ts';
import { overlayOf, putOverlay } from '../../store/overlays.ts';
import { library } from './library.svelte.ts';

/** What is said of a benchmark's pairs, as a page holds it. */
export type KeptOverlay = ReturnType<typeof createOverlay>;

/** What is said of a benchmark's pairs: read when the benchmark is known, kept with every change. */
export function createOverlay(benchmark: () => Benchmark | null) {
  let overlay = $state.raw<Overlay | null>(null);
  let problem = $state.raw<Fault | null>(null);
  let reading = Promise.resolve();

  $effect(() => {
    const of = benchmark();
    if (of === null || overlay?.benchmark.sha256 === of.sha256) return;
    const read = async (): Promise<void> => {
      try {
        const kept = await overlayOf(await library.opened(), of);
        // Read twice at once, the later answer would take back what was said in between.
        if (overlay?.benchmark.sha256 !== of.sha256 && benchmark()?.sha256 === of.sha256) overlay = kept;
      } catch (e) {
        problem = toFault(e);
      }
    };
    reading = read();
  });
  async function keep(changed: (kept: Overlay) => Overlay): Promise<void> {
    if (overlay === null) await reading; // what is said before it is read comes upon it, and is not lost
    if (overlay === null) return;
    overlay = changed(overlay);
    try {
      await putOverlay(await library.opened(), overlay);
      problem = null;
    } catch (e) {
      problem = toFault(e);
    }
  }
  return {
    /** null until it is read. */
    get value() {
      return overlay;
    },
    get problem() {
      return problem;
    },
    change: (pair: string, remark: PairRemark): Promise<void> => keep((kept) => withRemark(kept, pair, remark)),
    /** Other patterns to assign; what pairs are assigned stays. */
    name: (patterns: readonly PatternName[]): Promise<void> => keep((kept) => withPatterns(kept, patterns)),
    /** What a file says of its pairs stands in the place of what was said of them here. */
    bring: (file: Overlay): Promise<void> => keep((kept) => joinedOverlay(kept, file)),
  };
}
