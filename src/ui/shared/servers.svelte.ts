import type { TextChoice } from '../../app/writer.ts';
import { KINDS } from '../../core/servers/kinds.ts';
import type { Store } from '../../store/db.ts';
import { deleteServer, keptServerId, listServers, putServer, type KeptServer } from '../../store/servers.ts';
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

/** A model behind a server by its name, where it is and what it is asked by. */
export function servedName({ server, certificate }: KeptServer): string {
  return `${server.model} (${KINDS[server.kind].label} at ${certificate.server.host})`;
}

/** Models behind servers that may judge or write: those that nothing speaks against. */
export function servedTexts(): readonly { readonly id: string; readonly name: string; readonly kept: KeptServer }[] {
  return (servers.all ?? [])
    .filter((kept) => kept.certificate.passed)
    .map((kept) => ({ id: keptServerId(kept.server), name: servedName(kept), kept }));
}

/** A chosen text model: behind one of the servers, or of this device. */
export function textChoice(id: string): TextChoice {
  const served = servedTexts().find((s) => s.id === id);
  return served ? { server: served.kept.server } : { modelId: id };
}
