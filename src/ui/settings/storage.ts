import { deleteBenchmark } from '../../store/benchmarks.ts';
import { deleteCollection } from '../../store/collections.ts';
import { deleteFeatures } from '../../store/features.ts';
import { deleteModel } from '../../store/models.ts';
import { deleteRun } from '../../store/runs.ts';
import { deleteShots } from '../../store/shots.ts';
import { deleteVectors } from '../../store/vectors.ts';
import { usage, type UsageEntry } from '../../store/usage.ts';
import { downloads } from '../shared/downloads.svelte.ts';
import { library } from '../shared/library.svelte.ts';

/** Each kind of kept thing, and what its deletion means. */
export const WORDS: Readonly<Record<UsageEntry['kind'], { readonly what: string; readonly then: string }>> = {
  model: { what: 'model', then: 'Runs made with it keep their results, but cannot be resumed.' },
  download: { what: 'unfinished download', then: 'What has arrived of it is lost.' },
  benchmark: { what: 'benchmark', then: 'Runs keep their records, but cannot show its images.' },
  collection: {
    what: 'collection',
    then: 'The pairs chosen from it go too. Drafts and benchmarks made of it keep their images; a folder that it stays in is not touched.',
  },
  run: { what: 'run', then: 'All of its records and numbers are lost unless you exported them.' },
  features: { what: 'image features', then: 'The next run encodes its images again; its numbers are the same.' },
  vectors: { what: 'of pair discovery', then: 'The next search embeds its images again; what it finds is the same.' },
  shots: {
    what: 'of few-shot prompt sets',
    then: 'Prompt sets that show examples ask for them again. Runs keep those that they showed.',
  },
};

/** Everything kept, the largest first. */
export async function readUsage(): Promise<readonly UsageEntry[]> {
  return [...(await usage(await library.opened()))].sort((a, b) => b.bytes - a.bytes);
}

/** Deletes one kept thing for good, and reads the lists that showed it again. */
export async function forget({ kind, id }: UsageEntry): Promise<void> {
  const store = await library.opened();
  const ways = {
    model: () => deleteModel(store, id).then(library.refresh.models),
    // One that goes on is halted first.
    download: () => downloads.discard(id),
    benchmark: () => deleteBenchmark(store, id).then(library.refresh.benchmarks),
    run: () => deleteRun(store, id).then(library.refresh.runs),
    collection: () => deleteCollection(store, id),
    features: () => deleteFeatures(store),
    vectors: () => deleteVectors(store),
    shots: () => deleteShots(store),
  } as const satisfies Record<UsageEntry['kind'], () => Promise<void>>;
  await ways[kind]();
}

/** Bytes of the page itself as the service worker keeps it; null where the browser does not tell them apart. */
export async function appBytes(): Promise<number | null> {
  const estimate: unknown = await navigator.storage?.estimate?.().catch(() => null);
  const details: unknown =
    typeof estimate === 'object' && estimate !== null && 'usageDetails' in estimate ? estimate.usageDetails : null;
  const kept = typeof details === 'object' && details !== null && 'caches' in details ? details.caches : null;
  return typeof kept === 'number' && kept > 0 ? kept : null;
}
