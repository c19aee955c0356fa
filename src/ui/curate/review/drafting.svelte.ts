/* eslint-disable svelte/prefer-svelte-reactivity -- dates, sets and maps here are plain values that are replaced whole */
import { DEFAULT_SETTINGS, draftable, draftByHand, draftPairs, type PairToDraft } from '../../../app/draft-pairs.ts';
import { discoverCategories } from '../../../app/discover-categories.ts';
import { resolveModel } from '../../../app/models.ts';
import { openDrafter } from '../../../app/writer.ts';
import { categoryList } from '../../../core/drafting/categories.ts';
import { splitReplies } from '../../../core/drafting/by-hand.ts';
import { pairKey, readDrafts } from '../../../core/drafting/draft.ts';
import { CATEGORY_LISTS } from '../../../core/drafting/prompts.ts';
import { fault, FaultError, type Fault } from '../../../core/fault.ts';
import { BUILTIN_WRITER } from '../../../core/models/builtin.ts';
import { collection, listChosen } from '../../../store/collections.ts';
import type { ChosenPairs } from '../../../store/collection-rows.ts';
import { deleteDraftSet, draftsOf, listDraftSets, putDrafts, putDraftSet } from '../../../store/drafts.ts';
import type { DraftSet } from '../../../store/draft-rows.ts';
import { createGate } from '../../../run/gate.ts';
import { library } from '../../shared/library.svelte.ts';
import { problemOf } from '../../kit/problem.svelte.ts';

type Doing = { readonly what: string; readonly done: number; readonly total: number };
export interface ListedSet {
  readonly set: DraftSet;
  readonly drafts: number;
  readonly valid: number;
}

const WORDS = { drafts: 'Drafting questions', categories: 'Naming categories' } as const;
const toDraft = (chosen: ChosenPairs): readonly PairToDraft[] =>
  chosen.pairs.map((p) => ({
    ...{ image_1: p.image1, image_2: p.image2, sha256: p.sha256, captions: p.captions },
    categories: [p.categories[0]?.split(', ') ?? [], p.categories[1]?.split(', ') ?? []],
    ...{ sim_med: p.simMed, sim_gen: p.simGen },
  }));

/** How the pairs were found, as the dataset card tells it. */
function searchOf(chosen: ChosenPairs, name: string | null, images: number | null): NonNullable<DraftSet['search']> {
  const encoder = (role: 'med' | 'gen', what: string): string => {
    const sha256 = chosen.encoderHashes?.[role];
    return `${what}: ${chosen.encoders[role]}${sha256 === undefined ? '' : ` (SHA-256 ${sha256})`}`;
  };
  return {
    ...{ collection: name, images, thresholds: chosen.thresholds },
    encoders: [encoder('med', 'medical'), encoder('gen', 'general')],
  };
}

/** Drafting on the page: chosen pairs become a set of drafts, one kept before the next is asked for. */
export class Drafting {
  chosen = $state.raw<readonly ChosenPairs[]>([]);
  sets = $state.raw<readonly ListedSet[]>([]);
  writer = $state(BUILTIN_WRITER);
  categories = $state<string>(CATEGORY_LISTS.final.join(', '));
  doing = $state.raw<Doing | null>(null);
  paused = $state(false);
  problem = $state.raw<Fault | null>(null);
  loaded = $state(false);
  private abort: AbortController | null = null;
  private readonly gate = createGate();

  async refresh(): Promise<void> {
    const store = await library.opened();
    this.chosen = await listChosen(store);
    const sets = await listDraftSets(store);
    this.sets = await Promise.all(
      sets.map(async (set) => {
        const drafts = await draftsOf(store, set.id);
        return { set, drafts: drafts.length, valid: drafts.filter((d) => d.status === 'valid').length };
      }),
    );
    this.loaded = true;
  }

  /** The set that drafts these pairs, made at the first call. */
  private async setOf(chosen: ChosenPairs): Promise<DraftSet> {
    const there = this.sets.find((s) => s.set.chosen === chosen.id);
    if (there) return there.set;
    const { leftOut } = draftable(chosen.pairs);
    const store = await library.opened();
    const from = await collection(store, chosen.collection);
    const set: DraftSet = {
      ...{ id: crypto.randomUUID(), name: chosen.name, madeAt: new Date().toISOString() },
      ...{ collection: chosen.collection, chosen: chosen.id, categories: categoryList(this.categories) ?? [] },
      leftOut: leftOut.short + leftOut.noCaption,
      search: searchOf(chosen, from?.name ?? null, from?.images.length ?? null),
    };
    await putDraftSet(store, set);
    return set;
  }

  /** Drafts what is not drafted yet. */
  async draft(chosen: ChosenPairs): Promise<void> {
    await this.working('Loading the writer', async (signal) => {
      const store = await library.opened();
      const set = await this.setOf(chosen);
      const pairs = toDraft(chosen);
      const [first] = draftable(pairs).pairs;
      if (!first)
        throw new FaultError(
          fault('bad-argument', 'Every pair has a caption under 100 characters: nothing is drafted.'),
        );
      const before = await draftsOf(store, set.id);
      const order = new Map(pairs.map((p, i) => [pairKey(p), i]));
      const model = await resolveModel(store, this.writer);
      const wish = { device: 'auto', dtype: 'auto', threads: 'auto' } as const;
      const { engine, controlTokens } = await openDrafter(store, model, wish, first.captions);
      try {
        await draftPairs({
          ...{ pairs, writer: engine, controlTokens, settings: DEFAULT_SETTINGS, signal },
          categories: set.categories.length > 0 ? set.categories : null,
          done: new Set(before.map(pairKey)),
          known: new Map(
            before.flatMap((d) => d.sha256.map((s, i) => [s, d.categories[i === 0 ? 0 : 1][0] ?? null] as const)),
          ),
          pass: () => this.gate.passed(),
          keep: (d) => putDrafts(store, set.id, [{ order: order.get(pairKey(d)) ?? 0, draft: d }]),
          keepCategory: () => undefined,
          says: (what, done, total) => (this.doing = { what: WORDS[what], done, total }),
        });
      } finally {
        engine.end();
      }
    });
  }

  /** Asks the writer for categories of the kept pairs' captions (A.2); what it names becomes the list, to be edited. */
  async discover(): Promise<void> {
    const captions = this.chosen.flatMap((c) => c.pairs.flatMap((p) => p.captions));
    await this.working('Finding categories', async (signal) => {
      const store = await library.opened();
      const model = await resolveModel(store, this.writer);
      const wish = { device: 'auto', dtype: 'auto', threads: 'auto' } as const;
      const writer = await openDrafter(store, model, wish, [captions[0] ?? null, captions[1] ?? null]);
      try {
        const found = await discoverCategories(captions, writer, signal);
        if (found.categories.length === 0)
          throw new FaultError(
            fault(
              'bad-argument',
              `The writer's reply names no category: "${found.reply.slice(0, 200)}". The list stays.`,
            ),
          );
        this.categories = found.categories.join(', ');
      } finally {
        writer.engine.end();
      }
    });
  }

  /** Pairs of a choice that have no draft yet, the published filter passed. */
  async waiting(
    chosen: ChosenPairs,
  ): Promise<readonly (PairToDraft & { readonly captions: readonly [string, string] })[]> {
    const set = this.sets.find((s) => s.set.chosen === chosen.id)?.set;
    const done = new Set(set ? (await draftsOf(await library.opened(), set.id)).map(pairKey) : []);
    return draftable(toDraft(chosen))
      .pairs.filter((p) => !done.has(pairKey(p)))
      .map((p) => ({ ...p, captions: [p.captions[0] ?? '', p.captions[1] ?? ''] }));
  }

  /** Takes replies that a person had elsewhere, under the headings of the sheet. */
  async byHand(chosen: ChosenPairs, pairs: readonly PairToDraft[], text: string): Promise<number> {
    const set = await this.setOf(chosen);
    const order = new Map(toDraft(chosen).map((p, i) => [pairKey(p), i]));
    let taken = 0;
    for (const [n, reply] of splitReplies(text)) {
      const pair = pairs[n - 1];
      if (!pair) continue;
      const draft = await draftByHand(pair, reply);
      await putDrafts(await library.opened(), set.id, [{ order: order.get(pairKey(pair)) ?? 0, draft }]);
      taken++;
    }
    await this.refresh();
    return taken;
  }

  /** Keeps a drafts.jsonl that the command line, or another device, made. */
  async bring(name: string, text: string): Promise<void> {
    await this.working('Reading the drafts', async () => {
      const { drafts, problems } = readDrafts(text);
      const [wrong] = problems;
      if (wrong) throw new FaultError(fault('unreadable', `${name}, line ${wrong.line}: ${wrong.message}`));
      if (drafts.length === 0) throw new FaultError(fault('unreadable', `${name} holds no draft.`));
      const named = [...new Set(drafts.flatMap((d) => d.categories.flat()))];
      const set: DraftSet = {
        ...{ id: crypto.randomUUID(), name, madeAt: new Date().toISOString(), collection: null, chosen: null },
        categories: [...new Set([...CATEGORY_LISTS.final, ...named])],
        leftOut: 0,
      };
      const store = await library.opened();
      await putDraftSet(store, set);
      await putDrafts(
        store,
        set.id,
        drafts.map((draft, order) => ({ draft, order })),
      );
    });
  }

  async remove(id: string): Promise<void> {
    await deleteDraftSet(await library.opened(), id);
    await this.refresh();
  }

  stop(): void {
    this.abort?.abort();
    this.resume();
  }
  pause(): void {
    this.paused = true;
    this.gate.close();
  }
  resume(): void {
    this.paused = false;
    this.gate.open();
  }

  private async working(what: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.doing) return;
    this.doing = { what, done: 0, total: 0 };
    this.problem = null;
    this.resume();
    const { signal } = (this.abort = new AbortController());
    this.problem = (await problemOf(() => work(signal))) ?? this.problem;
    this.doing = null;
    await this.refresh();
  }
}

export const drafting = new Drafting();
