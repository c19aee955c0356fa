import { confusedFirst } from '../../../app/confusing.ts';
import { reviewedTrails } from '../../../app/review-files.ts';
import { fault, toFault, type Fault } from '../../../core/fault.ts';
import type { Draft } from '../../../core/drafting/draft.ts';
import { PUBLISHED_THRESHOLDS, type Thresholds } from '../../../core/review/events.ts';
import { resolve, type Outcome, type Reviewed } from '../../../core/review/resolve.ts';
import { draftsOf, listDraftSets, putDraftSet } from '../../../store/drafts.ts';
import type { DraftSet } from '../../../store/draft-rows.ts';
import { trailsOf } from '../../../store/reviews.ts';
import type { TrailRow } from '../../../store/review-rows.ts';
import { library } from '../../shared/library.svelte.ts';

/** One set of drafts, and what all its trails say of it. */
export class DraftsInReview {
  set = $state.raw<DraftSet | null>(null);
  /** Valid drafts only: there is nothing to review in others. */
  drafts = $state.raw<readonly Draft[]>([]);
  all = $state.raw<readonly Draft[]>([]);
  trails = $state.raw<readonly TrailRow[]>([]);
  /** What all trails together say: of no use to a reviewer, who is blind to others, and all that an adjudicator begins with. */
  reviewed = $state.raw<readonly Reviewed[]>([]);
  outcomes = $state.raw<readonly Outcome[]>([]);
  /** A run whose confusion orders the pairs; null: in the order of the drafts. */
  order = $state<string | null>(null);
  problem = $state.raw<Fault | null>(null);
  loaded = $state(false);

  readonly thresholds = $derived<Thresholds>({ least: this.set?.least ?? PUBLISHED_THRESHOLDS.least });

  /** Opens a set of drafts; its trails are shown, none is opened. */
  async open(id: string): Promise<void> {
    try {
      const store = await library.opened();
      const set = (await listDraftSets(store)).find((s) => s.id === id);
      if (!set) throw fault('not-found', 'These drafts are not kept on this device.');
      this.set = set;
      this.all = await draftsOf(store, id);
      this.drafts = this.all.filter((d) => d.status === 'valid');
      await this.refreshTrails();
    } catch (e) {
      this.problem = e instanceof Error ? toFault(e) : fault('not-found', 'These drafts are not kept on this device.');
    }
    this.loaded = true;
  }

  /** Changes what is kept with the set: the least score, or what a model made of its questions. */
  async keepInSet(more: Partial<DraftSet>): Promise<void> {
    if (!this.set) return;
    const set = { ...this.set, ...more };
    await putDraftSet(await library.opened(), set);
    this.set = set;
    await this.look();
  }

  /** Orders the pairs by how much they confuse a run, or as they were drafted. */
  async orderBy(run: string | null): Promise<void> {
    const drafted = this.all.filter((d) => d.status === 'valid');
    this.drafts = run === null ? drafted : await confusedFirst(await library.opened(), run, drafted);
    this.order = run;
  }

  async refreshTrails(): Promise<void> {
    if (this.set) this.trails = await trailsOf(await library.opened(), this.set.id);
  }

  /** Looks at all trails again: whenever one came, or a pair was decided. */
  async look(): Promise<void> {
    if (!this.set) return;
    this.reviewed = await reviewedTrails(await library.opened(), this.set.id, this.drafts);
    this.outcomes = resolve(this.all, this.reviewed, this.thresholds);
  }

  async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (e) {
      this.problem = toFault(e);
    }
  }
}
