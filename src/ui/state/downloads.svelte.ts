import { toFault, type Fault } from '../../core/fault.ts';
import type { FileChoice, HubModel } from '../../core/hub/model.ts';
import { discardDownload, markPaused, planDownload, runDownload, type DownloadProgress } from '../../hub/download.ts';
import { listDownloads } from '../../store/downloads.ts';
import type { DownloadRow } from '../../store/model-rows.ts';
import { hub } from './hub.svelte.ts';
import { library } from './library.svelte.ts';

/** Models on their way from the hub: noted in the store, so that they survive the page, and gone on with when the user says so. */
function createDownloads() {
  let rows = $state.raw<readonly DownloadRow[]>([]);
  let progress = $state.raw<Readonly<Record<string, DownloadProgress>>>({});
  let faults = $state.raw<Readonly<Record<string, Fault>>>({});
  let running = $state.raw<Readonly<Record<string, AbortController>>>({});

  const without = <T>(all: Readonly<Record<string, T>>, id: string): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(all).filter(([key]) => key !== id));

  async function read(): Promise<void> {
    rows = await listDownloads(await library.opened()).catch(() => []);
  }

  async function go(id: string): Promise<void> {
    if (running[id]) return;
    const control = new AbortController();
    running = { ...running, [id]: control };
    faults = without(faults, id);
    try {
      await runDownload(await library.opened(), hub.open(), id, {
        signal: control.signal,
        onProgress: (p) => (progress = { ...progress, [id]: p }),
      });
      await library.refresh.models();
    } catch (e) {
      const f = toFault(e);
      if (f.code !== 'stopped') faults = { ...faults, [id]: f };
    }
    running = without(running, id);
    await read();
  }

  return {
    get rows() {
      return rows;
    },
    need: read,
    progressOf: (id: string): DownloadProgress | null => progress[id] ?? null,
    faultOf: (id: string): Fault | null => faults[id] ?? null,
    isRunning: (id: string): boolean => running[id] !== undefined,
    /** Begins a download; what it costs and its licence were shown before. */
    async start(model: HubModel, choice: FileChoice): Promise<void> {
      const plan = { repository: model.repository, revision: model.commit, files: choice.files };
      const row = await planDownload(await library.opened(), hub.open(), plan);
      await read();
      void go(row.id);
    },
    go,
    async pause(id: string): Promise<void> {
      running[id]?.abort();
      await markPaused(await library.opened(), id);
    },
    async discard(id: string): Promise<void> {
      running[id]?.abort();
      await discardDownload(await library.opened(), id);
      await read();
    },
  };
}

export const downloads = createDownloads();
