import { SvelteSet } from 'svelte/reactivity';
import {
  allowCollection,
  bringCollection,
  builtinFolder,
  imagesOfCollection,
  keepChosen,
} from '../../app/collections.ts';
import { resolveEncoder } from '../../app/encoders.ts';
import { DEMO_ENCODERS } from '../../app/demo-encoders.ts';
import { findPairs, type FindPairsProgress, type FoundPairs } from '../../app/find-pairs.ts';
import { storeVectors } from '../../app/vector-ports.ts';
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
import { toFault, type Fault } from '../../core/fault.ts';
import { listCollections } from '../../store/collections.ts';
import type { StoredCollection } from '../../store/collection-rows.ts';
import type { Folder } from '../../files/source.ts';
import { plural } from '../kit/format.ts';
import { problemOf } from '../kit/problem.svelte.ts';
import { library } from '../shared/library.svelte.ts';
import { takenPairs } from './taken.ts';

/** The collection of the demo, by the name that it has among the choices before it is kept. */
export const DEMO = 'demo';
/** Pairs added to the wall at a time. */
const PAGE = 24;
/** Most pairs that are kept for questions: they are one row of the store, and one question each takes a writer seconds. */
const MOST_KEPT = 20_000;
/** In small collections every counted pair is kept, so that the thresholds move freely; in large ones those near them. */
const SMALL = 3000;

export interface Choice {
  readonly collection: string;
  readonly med: string;
  readonly gen: string;
  readonly device: 'auto' | 'webgpu' | 'wasm';
}

type Doing = {
  readonly what: string;
  readonly done: number;
  readonly total: number;
  readonly secondsLeft: number | null;
};
const WORDS = { med: 'Medical encoder: images', gen: 'General encoder: images', search: 'Comparing pairs' } as const;

/** Everything that the page of pair discovery knows; one for the page's life, so that coming back finds it as it was. */
export class Curate {
  collections = $state.raw<readonly StoredCollection[]>([]);
  choice = $state.raw<Choice>({ collection: DEMO, ...DEMO_ENCODERS, device: 'auto' });
  doing = $state.raw<Doing | null>(null);
  problem = $state.raw<Fault | null>(null);
  found = $state.raw<FoundPairs | null>(null);
  /** Of the search that was made; the thresholds may have moved since. */
  kept = $state.raw<{ readonly thresholds: Thresholds; readonly floor: number }>({
    thresholds: PAPER_THRESHOLDS,
    floor: 0.7,
  });
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
  private abort: AbortController | null = null;
  private facts: ImageFacts | null = null;
  private selecting = false;
  private again = false;

  async refresh(): Promise<void> {
    this.collections = await listCollections(await library.opened());
    // One that was deleted meanwhile is no choice any more, and what was found in it cannot be looked at.
    const { collection } = this.choice;
    if (collection === DEMO || this.collections.some((c) => c.id === collection)) return;
    this.choice = { ...this.choice, collection: this.collections[0]?.id ?? DEMO };
    this.drop();
  }

  /** Reads a folder as a collection, keeps it, and chooses it; null brings nothing. @param stay its handle, where the images are to stay in it */
  async bring(opened: () => Promise<Folder | null>, stay?: FileSystemDirectoryHandle): Promise<void> {
    await this.working(async (signal) => {
      const folder = await opened();
      if (!folder) return;
      const says = (what: string, done: number, total: number): void => this.say(what, done, total);
      const stored = await bringCollection(await library.opened(), folder.name, folder.files, {
        says,
        signal,
        ...(stay ? { stay } : {}),
      });
      await this.refresh();
      this.choice = { ...this.choice, collection: stored.id };
    });
  }

  /** Embeds what is not embedded yet and compares all pairs. */
  async find(): Promise<void> {
    await this.working(async (signal) => {
      this.drop();
      const store = await library.opened();
      const [med, gen] = [await resolveEncoder(store, this.choice.med), await resolveEncoder(store, this.choice.gen)];
      const collection = await this.collection(signal);
      const thresholds = this.thresholds;
      const small = collection.images.length <= SMALL;
      const floor = Math.max(-1, thresholds.med - (small ? 0.2 : 0.1));
      const found = await findPairs(
        {
          images: imagesOfCollection(store, collection),
          med,
          gen,
          thresholds,
          floor,
          margin: small ? 2 : 0.02,
          device: this.choice.device,
          threads: 'auto',
        },
        { vectors: storeVectors(store), signal, onProgress: (p) => this.told(p) },
      );
      this.found = found;
      this.kept = { thresholds, floor };
      await this.select();
    });
  }

  stop(): void {
    this.abort?.abort();
  }

  /** Whether the pairs within the thresholds were all kept by the search. */
  get covered(): boolean {
    const { images } = this.found ?? { images: [] };
    const margin = images.length <= SMALL ? 2 : 0.02;
    return (
      this.thresholds.med >= Math.max(this.kept.floor, this.kept.thresholds.med - margin) &&
      this.thresholds.gen <= this.kept.thresholds.gen + margin
    );
  }

  /** Sorts and filters anew. While a line is dragged only the last place counts: the worker is asked again when it has answered. */
  async select(): Promise<void> {
    this.again = true;
    if (this.selecting) return;
    this.selecting = true;
    try {
      while (this.again && this.found) {
        this.again = false;
        await this.selectOnce(this.found);
      }
    } catch (e) {
      this.problem = toFault(e);
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

  async more(): Promise<void> {
    const { found, rows } = this;
    if (!found) return;
    const next = await found.search.page(rows.length, PAGE);
    if (found === this.found) this.show([...rows, ...next]);
  }

  set(change: { thresholds?: Thresholds; order?: Order; seed?: number; filters?: Filters }): void {
    if (change.thresholds) this.thresholds = change.thresholds;
    if (change.order) this.order = change.order;
    if (change.seed !== undefined) this.seed = change.seed;
    if (change.filters) this.filters = change.filters;
    void this.select();
  }

  /** Keeps the taken pairs for the next step, questions and review; of very many the first. */
  async save(): Promise<void> {
    const { found } = this;
    const enough = (pieces: readonly (readonly FoundPair[])[]): boolean => pieces.flat().length >= MOST_KEPT;
    const pairs = (await takenPairs(this, (some) => some, enough)).flat().slice(0, MOST_KEPT);
    if (!found || pairs.length === 0) return;
    const collection = this.collections.find((c) => c.id === this.choice.collection);
    await keepChosen(await library.opened(), {
      collection: this.choice.collection,
      name: `${pairs.length} pairs of ${collection?.name ?? 'phantoms'}`,
      encoders: { med: found.encoders.med.name, gen: found.encoders.gen.name },
      encoderHashes: { med: found.encoders.med.sha256, gen: found.encoders.gen.sha256 },
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

  private show(rows: readonly FoundRow[]): void {
    const images = this.found?.images ?? [];
    this.rows = rows;
    this.pairs = rows.flatMap((row) => foundPair(row, images) ?? []);
  }

  private drop(): void {
    this.found?.search.end();
    this.found = null;
    this.facts = null;
    this.selection = null;
    this.savedWords = null;
    this.chosen.clear();
    this.show([]);
  }

  private async collection(signal: AbortSignal): Promise<StoredCollection> {
    const chosen = this.collections.find((c) => c.id === this.choice.collection);
    if (chosen) {
      await allowCollection(await library.opened(), chosen);
      return chosen;
    }
    const { name, files } = await builtinFolder();
    const says = (what: string, done: number, total: number): void => this.say(what, done, total);
    const stored = await bringCollection(await library.opened(), name, files, { says, signal });
    await this.refresh();
    this.choice = { ...this.choice, collection: stored.id };
    return stored;
  }

  private say(what: string, done: number, total: number): void {
    this.doing = { what, done, total, secondsLeft: null };
  }

  private told({ what, done, total, secondsLeft }: FindPairsProgress): void {
    this.doing = { what: WORDS[what], done, total, secondsLeft };
  }

  private async working(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.doing) return;
    this.say('Starting', 0, 0);
    this.problem = null;
    const { signal } = (this.abort = new AbortController());
    this.problem = (await problemOf(() => work(signal))) ?? this.problem;
    this.doing = null;
  }
}

export const curate = new Curate();
