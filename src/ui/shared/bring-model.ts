import { toFault } from '../../core/fault.ts';
import { createHub } from '../../hub/client.ts';
import { hubReach } from '../../hub/connect.ts';
import { claimOf, importModel } from '../../hub/import.ts';
import type { Progress } from '../../store/models.ts';
import type { KeptModel } from '../../store/model-rows.ts';
import { openAll, type Folder } from '../../files/source.ts';
import { hub } from './hub.svelte.ts';
import { library } from './library.svelte.ts';

/**
 * Keeps a brought model. Where it carries a list of hashes, or names a commit of the hub and the hub may be asked, every file must be as
 * published. A hub that does not answer now is done without: the folder is then kept for what its own list proves.
 * @throws FaultError naming the file that differs; as `keepModel`
 */
export async function bringModelFiles(
  folder: Folder,
  zipped: boolean,
  options: { readonly onProgress: (p: Progress) => void; readonly signal: AbortSignal },
): Promise<KeptModel> {
  const files = await openAll(folder.files);
  await hub.need();
  const store = await library.opened();
  const kind = zipped ? 'zip' : 'folder';
  const asked =
    (await claimOf(folder.name, files)) !== null && (await hubReach(hub.address)) === 'open' && navigator.onLine;
  if (asked) {
    try {
      const once = createHub({ ...hub.open(), patience: 0, stallMs: 10_000 });
      return await importModel(store, folder.name, files, kind, once, options);
    } catch (e) {
      if (toFault(e).code !== 'network') throw e;
    }
  }
  return importModel(store, folder.name, files, kind, null, options);
}
