import { toFault, type Fault } from '../../core/fault.ts';
import { compareWithHub } from '../../hub/import.ts';
import { hubReach } from '../../hub/connect.ts';
import { repairFromHub } from '../../hub/repair.ts';
import type { KeptModel } from '../../store/model-rows.ts';
import { exportTo, exportZip, folderName, repairFromFiles } from '../../store/transfer.ts';
import { verifyModel, type LostPart, type Verification } from '../../store/verify.ts';
import { saveFile } from '../shared/export.ts';
import { openAll, type Folder } from '../../files/source.ts';
import { bytes, plural } from '../kit/format.ts';
import { hub } from '../shared/hub.svelte.ts';
import { library } from '../shared/library.svelte.ts';
import { pickFolder, pickZip } from './pickers.ts';

/** Zips above this go straight into a file of the user's choice where the browser can; the ordinary download keeps a second copy first. */
const STREAM_ABOVE = 256e6;

/** Verifying, repairing and exporting one kept model; one thing at a time. */
export function createCare(kept: KeptModel) {
  let doing = $state.raw<{ readonly what: string; readonly done: number; readonly total: number } | null>(null);
  let said = $state('');
  let problem = $state.raw<Fault | null>(null);
  let found = $state.raw<Verification | null>(null);
  let abort = new AbortController();

  async function act(what: string, work: (signal: AbortSignal) => Promise<string>): Promise<void> {
    if (doing) return;
    abort = new AbortController();
    problem = null;
    said = '';
    doing = { what, done: 0, total: 0 };
    try {
      said = await work(abort.signal);
    } catch (e) {
      const fault = toFault(e, 'storage');
      if (fault.code !== 'stopped') problem = fault;
    }
    doing = null;
  }
  const progress =
    (what: string) =>
    (done: number, total: number): void =>
      void (doing = { what, done, total });

  async function check(signal: AbortSignal): Promise<string> {
    const onProgress = (p: { done: number; total: number }): void => progress('Reading every byte')(p.done, p.total);
    found = await verifyModel(await library.opened(), kept.id, { signal, onProgress });
    await library.refresh.models();
    return found.lost.length === 0 ? `All ${bytes(kept.bytes)} have the hashes they were kept with.` : '';
  }

  return {
    get doing() {
      return doing;
    },
    get said() {
      return said;
    },
    get problem() {
      return problem;
    },
    get lost(): readonly LostPart[] {
      return found?.lost ?? [];
    },
    stop: (): void => abort.abort(),
    verify: () => act('Reading every byte', check),
    /** Fetches the lost parts again from the commit they came from, and checks the whole once more. */
    repair: () =>
      act('Fetching the lost parts', async (signal) => {
        if (!found) return '';
        const onProgress = progress('Fetching the lost parts');
        const store = await library.opened();
        await repairFromHub(store, hub.open(kept.source.hub ?? hub.address), found, { signal, onProgress });
        return check(signal);
      }),
    repairFrom: (folder: Folder) =>
      act('Reading the folder', async (signal) => {
        if (!found) return '';
        const still = await repairFromFiles(await library.opened(), found, await openAll(folder.files));
        if (still.length === 0) return check(signal);
        found = { ...found, lost: still };
        return `${plural(still.length, 'part')} of the model ${still.length === 1 ? 'is' : 'are'} not in that folder as they were kept.`;
      }),
    compare: () =>
      act('Asking the hub', async (signal) => {
        const store = await library.opened();
        const at = hub.open(kept.source.hub ?? hub.address);
        const { wrong, unknown } = await compareWithHub(store, at, kept, { signal });
        if (wrong.length > 0) return `Not what the hub publishes at this commit: ${wrong.join(', ')}.`;
        const beside = unknown.length > 0 ? ` The hub has no ${unknown.join(', ')}.` : '';
        return `Every file is what the hub publishes at this commit.${beside}`;
      }),
    zip: () =>
      act('Writing the zip', async (signal) => {
        const name = `${folderName(kept)}.zip`;
        const target = kept.bytes > STREAM_ABOVE ? await pickZip(name) : null;
        if (target === 'cancelled') return '';
        const response = await exportZip(await library.opened(), kept.id);
        if (target && response.body) await response.body.pipeTo(await target.createWritable(), { signal });
        else saveFile(name, await response.blob());
        return `${name} is written. Bring it to another laptop with “Bring a model folder” or by dropping it there.`;
      }),
    folder: () =>
      act('Writing the folder', async () => {
        const target = await pickFolder();
        if (target === null) return '';
        await exportTo(await library.opened(), kept.id, target, progress('Writing the folder'));
        return `${folderName(kept)} is written to ${target.name}, with the hash of every file.`;
      }),
    /** Whether its hub may be asked now. */
    reach: () => hubReach(kept.source.hub ?? hub.address),
  };
}
