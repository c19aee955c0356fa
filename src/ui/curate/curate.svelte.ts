import { findPairs, type FindPairsProgress } from '../../app/find-pairs.ts';
import { storeVectors } from '../../app/vector-ports.ts';
import type { Folder } from '../../files/source.ts';
import { library } from '../shared/library.svelte.ts';
import { Findings } from './findings.svelte.ts';
import { Searched } from './searched.svelte.ts';
import { Work } from './work.svelte.ts';

const WORDS = { med: 'Medical encoder: images', gen: 'General encoder: images', search: 'Comparing pairs' } as const;

/** How something is brought. */
interface Bringing {
  /** The folder's handle, where its images are to stay in it. */
  readonly stay?: FileSystemDirectoryHandle;
  /** Only embeddings are wanted of it. */
  readonly embeddings?: boolean;
}

/**
 * Everything that the page of pair discovery knows: what is searched, how it goes, what was found and taken. One for the page's life, so that coming
 * back finds it as it was.
 */
export class Curate {
  readonly work = new Work();
  readonly searched = new Searched(this.work);
  readonly findings = new Findings(this.work);

  async refresh(): Promise<void> {
    await this.searched.refresh();
    // What was found in a collection that was deleted meanwhile cannot be looked at.
    const id = this.findings.last?.collection?.id;
    if (id !== undefined && !this.searched.collections.some((c) => c.id === id)) this.findings.drop();
  }

  /** Takes a folder: a collection, which is kept, or embeddings made elsewhere; null brings nothing. */
  async bring(opened: () => Promise<Folder | null>, { stay, embeddings }: Bringing = {}): Promise<void> {
    await this.work.run('The folder was not brought', async (signal) => {
      const folder = await opened();
      if (!folder) return;
      if (embeddings) await this.searched.takeEmbeddings(folder, signal);
      else await this.searched.take(folder, signal, stay);
    });
  }

  /** Embeds what is not embedded yet and compares all pairs. */
  async find(): Promise<void> {
    await this.work.run('No pairs were found', async (signal) => {
      this.findings.drop();
      const { collection, problems, ...inputs } = await this.searched.inputs(signal);
      const reach = this.findings.reach(inputs.images.length);
      const vectors = storeVectors(await library.opened());
      const { device } = this.searched.choice;
      const found = await findPairs(
        { ...inputs, ...reach, device, threads: 'auto' },
        { vectors, signal, onProgress: (p) => this.told(p) },
      );
      await this.findings.take({ found, collection, problems: [...found.problems, ...problems], reach });
    });
  }

  private told({ what, done, total, secondsLeft }: FindPairsProgress): void {
    this.work.say(WORDS[what], done, total, secondsLeft);
  }
}

export const curate = new Curate();
