import { SvelteSet } from 'svelte/reactivity';
import { keepChosen } from '../../app/collections.ts';
import type { FoundPairs } from '../../app/find-pairs.ts';
import type { CollectionProblem } from '../../core/discovery/collection.ts';
import { imageFacts } from '../../core/discovery/facts.ts';
import { foundPair, type FoundPair } from '../../core/discovery/pairs-csv.ts';
import {
  NO_FILTERS,
  PAPER_THRESHOLDS,
  type Filters,
  type FoundRow,
  type ImageFacts,
  type Order,
  type Selection,
  type Thresholds,
} from '../../core/discovery/select.ts';
import { toFault } from '../../core/fault.ts';
import type { StoredCollection } from '../../store/collection-rows.ts';
import { plural } from '../kit/format.ts';
import { library } from '../shared/library.svelte.ts';
import { takenPairs } from './taken.ts';
import type { Work } from './work.svelte.ts';

/** Pairs added to the wall at a time. */
const PAGE = 24;
/** Most pairs that are kept for questions: they are one row of the store, and one question each takes a writer seconds. */
const MOST_KEPT = 20_000;
/** In small collections every counted pair is kept, so that the thresholds move freely; in large ones those near them. */
const SMALL = 3000;

/** How far beyond the thresholds a search looks and keeps. */
export interface Reach {
  readonly thresholds: Thresholds;
  readonly floor: number;
  readonly margin: number;
}

/** What a search found, and in what. */
export interface Finding {
  readonly found: FoundPairs;
  /** null: the images are known by name only, and cannot be shown. */
  readonly collection: StoredCollection | null;
  readonly problems: readonly CollectionProblem[];
  readonly reach: Reach;
}

/** What was found and taken: the pairs of the last search, ordered and filtered as the page is set, and those that were chosen by hand. */
export class Findings {
  last = $state.raw<Finding | null>(null);
  thresholds = $state.raw<Thresholds>(PAPER_THRESHOLDS);
  order = $state.raw<Order>('gap');
  seed = $state(0);
  filters = $state.raw<Filters>(NO_FILTERS);
  selection = $state.raw<Selection | null>(null);
  pairs = $state.raw<readonly FoundPair[]>([]);
  /** Row numbers of the pairs on the wall, beside `pairs`. */
  rows = $state.raw<readonly FoundRow[]>([]);
  readonly chosen = new SvelteSet<string>();
  savedWords = $state<string | null>(null);
  private readonly work: Work;
  private facts: ImageFacts | null = null;
  private selecting = false;
  private again = false;

  constructor(work: Work) {
    this.work = work;
  }

  get found(): FoundPairs | null {
    return this.last?.found ?? null;
  }

  /** The reach of a search among so many images, at the thresholds as they are. */
  reach(images: number): Reach {
    const { thresholds } = this;
    const small = images <= SMALL;
    return { thresholds, floor: Math.max(-1, thresholds.med - (small ? 0.2 : 0.1)), margin: small ? 2 : 0.02 };
  }

  /** Whether the pairs within the thresholds were all kept by the search. */
  get covered(): boolean {
    if (!this.last) return true;
    const { thresholds, floor, margin } = this.last.reach;
    return (
      this.thresholds.med >= Math.max(floor, thresholds.med - margin) && this.thresholds.gen <= thresholds.gen + margin
    );
  }

  async take(finding: Finding): Promise<void> {
    this.last = finding;
    await this.select();
  }

  drop(): void {
    this.found?.search.end();
    this.last = null;
    this.facts = null;
    this.selection = null;
    this.savedWords = null;
    this.chosen.clear();
    this.show([]);
  }

  set(change: { thresholds?: Thresholds; order?: Order; seed?: number; filters?: Filters }): void {
    if (change.thresholds) this.thresholds = change.thresholds;
    if (change.order) this.order = change.order;
    if (change.seed !== undefined) this.seed = change.seed;
    if (change.filters) this.filters = change.filters;
    void this.select();
  }

  async more(): Promise<void> {
    const { found, rows } = this;
    if (!found) return;
    const next = await found.search.page(rows.length, PAGE);
    if (found === this.found) this.show([...rows, ...next]);
  }

  /** Keeps the taken pairs for the next step, questions and review; of very many the first. Their images must be of a collection. */
  async save(): Promise<void> {
    const { last } = this;
    const enough = (pieces: readonly (readonly FoundPair[])[]): boolean => pieces.flat().length >= MOST_KEPT;
    const pairs = (await takenPairs(this, (some) => some, enough)).flat().slice(0, MOST_KEPT);
    if (!last?.collection || pairs.length === 0) return;
    const { encoders } = last.found;
    await keepChosen(await library.opened(), {
      collection: last.collection.id,
      name: `${pairs.length} pairs of ${last.collection.name}`,
      encoders: { med: encoders.med.name, gen: encoders.gen.name },
      encoderHashes: { med: encoders.med.sha256, gen: encoders.gen.sha256 },
      thresholds: this.thresholds,
      pairs: pairs.map((p) => ({
        ...p,
        sha256: [...p.sha256],
        captions: [...p.captions],
        categories: [...p.categories],
      })),
    });
    const of =
      this.chosen.size === 0 && pairs.length === MOST_KEPT ? `, the first of ${this.selection?.left ?? ''}` : '';
    this.savedWords = `${plural(pairs.length, 'pair is', 'pairs are')} kept for questions and review${of}.`;
  }

  /** Images that an encoder takes for the nearest to one. */
  async nearest(
    set: 'med' | 'gen',
    row: number,
  ): Promise<readonly { path: string; sha256: string; similarity: number }[]> {
    const { found } = this;
    if (!found) return [];
    const near = await found.search.nearest(set, row, 6);
    return near.flatMap(({ row: other, similarity }) => {
      const image = found.images[other];
      return image ? [{ path: image.path, sha256: image.sha256, similarity }] : [];
    });
  }

  /** Sorts and filters anew. While a line is dragged only the last place counts: the worker is asked again when it has answered. */
  private async select(): Promise<void> {
    this.again = true;
    if (this.selecting) return;
    this.selecting = true;
    try {
      while (this.again && this.found) {
        this.again = false;
        await this.selectOnce(this.found);
      }
    } catch (e) {
      this.work.fail('The pairs could not be ordered', toFault(e));
    }
    this.selecting = false;
  }

  private async selectOnce(found: FoundPairs): Promise<void> {
    const { thresholds, order, seed, filters } = this;
    this.facts ??= imageFacts(found.images);
    const selection = await found.search.select({ thresholds, order, seed, filters, facts: this.facts });
    const rows = await found.search.page(0, PAGE);
    if (found !== this.found) return;
    this.selection = selection;
    this.show(rows);
  }

  private show(rows: readonly FoundRow[]): void {
    const images = this.found?.images ?? [];
    this.rows = rows;
    this.pairs = rows.flatMap((row) => foundPair(row, images) ?? []);
  }
}
