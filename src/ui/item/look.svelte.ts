import { encodesOf, occlude, type Look, type OcclusionRequest } from '../../app/occlude.ts';
import { storePorts } from '../../app/ports.ts';
import type { Benchmark, ImageIndex, Pair } from '../../core/benchmark/types.ts';
import { toFault, type Fault } from '../../core/fault.ts';
import type { Mark, PairMarks } from '../../core/images/marks/mark.ts';
import type { OcclusionMap } from '../../core/occlusion/map.ts';
import { USUAL_OCCLUSION, type OcclusionSettings } from '../../core/occlusion/plan.ts';
import type { Work } from '../../core/plan/types.ts';
import type { RunConfig } from '../../core/records/run-config.ts';
import { occlusion, putOcclusion } from '../../store/occlusions.ts';
import { library } from '../shared/library.svelte.ts';

type Doing = { readonly what: string; readonly done: number; readonly total: number };

/** Where the model of a run looks, for the pair in sight. */
export class Looking {
  settings = $state.raw<OcclusionSettings>(USUAL_OCCLUSION);
  /** Hide each marked region too, one at a time. */
  regions = $state(false);
  doing = $state.raw<Doing | null>(null);
  problem = $state.raw<Fault | null>(null);
  /** Of the pair that was looked at last; the page shows them with that pair only. */
  maps = $state.raw<readonly OcclusionMap[]>([]);
  /** Whose regions each map has. */
  marks = $state.raw<readonly (readonly Mark[])[]>([]);
  work = $state.raw<Work | null>(null);
  #stopped = false;

  /** Encodes that a look at a pair costs where nothing is kept. */
  cost(pair: Pair, marks: PairMarks | undefined): number {
    return encodesOf({ settings: this.settings, looks: this.#looksAt(pair, marks) });
  }

  #looksAt(pair: Pair, marks: PairMarks | undefined): readonly Look[] {
    const of = (image: ImageIndex): readonly Mark[] => (this.regions ? (marks?.[image === 1 ? 0 : 1] ?? []) : []);
    return ([1, 2] as const).map((image) => ({ pair, image, regions: of(image) }));
  }

  async look(pair: Pair, marks: PairMarks | undefined, benchmark: Benchmark, config: RunConfig): Promise<void> {
    this.#stopped = false;
    this.problem = null;
    this.maps = [];
    this.work = null;
    this.doing = { what: 'starting', done: 0, total: 0 };
    try {
      const store = await library.opened();
      const looks = this.#looksAt(pair, marks);
      const request: OcclusionRequest = { benchmark, config, settings: this.settings, looks };
      const found = await occlude(request, {
        engine: storePorts(store).engine,
        kept: (key) => occlusion(store, key),
        keep: (key, map) => putOcclusion(store, key, map),
        says: (what, done, total) => (this.doing = { what, done, total }),
        stopped: () => this.#stopped,
      });
      this.maps = found.maps.map((m) => m.map);
      this.marks = looks.map((l) => l.regions);
      this.work = found.work;
    } catch (e) {
      const fault = toFault(e);
      if (fault.code !== 'stopped') this.problem = fault;
    }
    this.doing = null;
  }

  stop(): void {
    this.#stopped = true;
  }
}
