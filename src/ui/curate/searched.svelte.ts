import { allowCollection, bringCollection, builtinFolder, imagesOfCollection } from '../../app/collections.ts';
import { DEMO_ENCODERS } from '../../app/demo-encoders.ts';
import { resolveEncoder } from '../../app/encoders.ts';
import type { FindPairsRequest } from '../../app/find-pairs.ts';
import {
  fitsRows,
  imagesOfRows,
  readEmbeddings,
  sourcesOf,
  type BroughtEmbeddings,
} from '../../app/given-embeddings.ts';
import { imagePaths, type CollectionProblem } from '../../core/discovery/collection.ts';
import { holdsEmbeddings } from '../../core/discovery/given.ts';
import type { Folder } from '../../files/source.ts';
import { listCollections } from '../../store/collections.ts';
import type { StoredCollection } from '../../store/collection-rows.ts';
import { turn } from '../kit/turns.ts';
import { library } from '../shared/library.svelte.ts';
import type { Work } from './work.svelte.ts';

/** The collection of the demo, by the name that it has among the choices before it is kept. */
export const DEMO = 'demo';
/** No collection: images of which only the names beside their embeddings are known. */
export const NAMES_ONLY = 'names';

export interface Choice {
  /** A kept collection, or one of the two above. */
  readonly collection: string;
  readonly med: string;
  readonly gen: string;
  readonly device: 'auto' | 'webgpu' | 'wasm';
}

/** What a search is made of. */
export interface Inputs extends Pick<FindPairsRequest, 'images' | 'med' | 'gen'> {
  /** null: the images are known by name only. */
  readonly collection: StoredCollection | null;
  readonly problems: readonly CollectionProblem[];
}

/** What is searched: the collections that are kept, the one that is chosen, and two encoders or embeddings made elsewhere. */
export class Searched {
  collections = $state.raw<readonly StoredCollection[]>([]);
  choice = $state.raw<Choice>({ collection: DEMO, ...DEMO_ENCODERS, device: 'auto' });
  /** Used instead of the encoders; held until the page is closed. */
  given = $state.raw<BroughtEmbeddings | null>(null);

  private readonly work: Work;

  constructor(work: Work) {
    this.work = work;
  }

  /** Looks again which collections are kept; where the chosen one was deleted meanwhile, another is chosen. */
  async refresh(): Promise<void> {
    this.collections = await listCollections(await library.opened());
    const { collection } = this.choice;
    if (collection !== DEMO && collection !== NAMES_ONLY && !this.chosen)
      this.choose({ collection: this.anyCollection() });
  }

  choose(change: Partial<Choice>): void {
    this.choice = { ...this.choice, ...change };
  }

  /** Takes what a folder holds: embeddings, or a collection, which is kept; both where it holds both. @param stay the folder's handle, where its images are to stay in it */
  async take(folder: Folder, signal: AbortSignal, stay?: FileSystemDirectoryHandle): Promise<void> {
    const paths = folder.files.map((f) => f.path);
    const embeddings = holdsEmbeddings(paths);
    if (!embeddings || imagePaths(paths).length > 0) await this.keep(folder, signal, stay);
    if (embeddings) await this.takeEmbeddings(folder, signal);
  }

  /** Takes embeddings made elsewhere, and chooses the collection whose images they are of, where one is kept. */
  async takeEmbeddings({ name, files }: Folder, signal: AbortSignal): Promise<void> {
    this.work.say('Reading embeddings', 0, 0);
    const given = await readEmbeddings(name, files, signal);
    this.given = given;
    const fits = (c: StoredCollection): boolean => fitsRows(given, c.images);
    const fitting = [this.chosen, ...this.collections].find((c) => c && fits(c));
    this.choose({ collection: fitting?.id ?? NAMES_ONLY });
  }

  /** Lets go of embeddings: the encoders count again. */
  letGo(): void {
    this.given = null;
    if (this.choice.collection === NAMES_ONLY) this.choose({ collection: this.anyCollection() });
  }

  /** Reads what is chosen. @throws FaultError where encoders, embeddings and collection cannot be used together */
  async inputs(signal: AbortSignal): Promise<Inputs> {
    const { given } = this;
    const sources = given ? sourcesOf(given) : await this.encoders();
    const collection = this.choice.collection === NAMES_ONLY ? null : await this.collection(signal);
    const kept = collection && imagesOfCollection(await library.opened(), collection);
    // Tens of thousands of images are put in order in a task of their own.
    await turn();
    const { images, problems } = given ? imagesOfRows(given, kept) : { images: kept ?? [], problems: [] };
    await turn();
    return { ...sources, images, collection, problems: [...problems, ...(collection?.problems ?? [])] };
  }

  private get chosen(): StoredCollection | null {
    return this.collections.find((c) => c.id === this.choice.collection) ?? null;
  }

  private anyCollection(): string {
    return this.collections[0]?.id ?? DEMO;
  }

  private async encoders(): Promise<Pick<Inputs, 'med' | 'gen'>> {
    const store = await library.opened();
    const { med, gen } = this.choice;
    return { med: await resolveEncoder(store, med), gen: await resolveEncoder(store, gen) };
  }

  /** The chosen collection, with leave to read its images; the demo's is kept first. */
  private async collection(signal: AbortSignal): Promise<StoredCollection> {
    const { chosen } = this;
    if (!chosen) return this.keep(await builtinFolder(), signal);
    await allowCollection(await library.opened(), chosen);
    return chosen;
  }

  private async keep(
    { name, files }: Folder,
    signal: AbortSignal,
    stay?: FileSystemDirectoryHandle,
  ): Promise<StoredCollection> {
    const says = (what: string, done: number, total: number): void => this.work.say(what, done, total);
    const options = { says, signal, ...(stay ? { stay } : {}) };
    const stored = await bringCollection(await library.opened(), name, files, options);
    await this.refresh();
    this.choose({ collection: stored.id });
    return stored;
  }
}
