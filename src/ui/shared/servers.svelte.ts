import type { Store } from '../../store/db.ts';
import { deleteServer, listServers, putServer, type KeptServer } from '../../store/servers.ts';
import { library } from './library.svelte.ts';

/** Models behind servers that were examined on this device. */
function createServers() {
  let all = $state.raw<readonly KeptServer[] | null>(null);

  async function change(work: (store: Store) => Promise<void>): Promise<void> {
    const store = await library.opened();
    await work(store);
    all = await listServers(store);
  }

  return {
    /** null until read. */
    get all() {
      return all;
    },
    need: () => change(() => Promise.resolve()),
    keep: (kept: KeptServer) => change((store) => putServer(store, kept)),
    forget: (id: string) => change((store) => deleteServer(store, id)),
  };
}

export const servers = createServers();
