import type { CatalogueEntry } from '../../core/catalogue/catalogue.ts';
import { toFault, type Fault } from '../../core/fault.ts';
import { OFFICIAL_HUB } from '../../core/hub/listing.ts';
import { createHub, type Hub } from '../../hub/client.ts';
import { allowHub, forbidHub, hubReach, type Reach } from '../../hub/connect.ts';
import { addToCatalogue, catalogue, hubAddress, setHubAddress } from '../../store/catalogue.ts';
import { library } from './library.svelte.ts';

/** The hub: whether this page may reach it, and the models that can be had from it. Nothing is asked of it before the user allowed it. */
function createHubState() {
  let address = $state(OFFICIAL_HUB);
  let reach = $state<Reach | null>(null);
  let token = $state('');
  let entries = $state.raw<readonly CatalogueEntry[]>([]);
  let problem = $state.raw<Fault | null>(null);
  let reading: Promise<void> | null = null;

  async function guarded(work: () => Promise<void>): Promise<void> {
    problem = null;
    try {
      await work();
    } catch (e) {
      problem = toFault(e);
    }
  }
  const read = (): Promise<void> =>
    guarded(async () => {
      const store = await library.opened();
      entries = await catalogue(store);
      address = await hubAddress(store);
      reach = await hubReach(address);
    });

  return {
    get address() {
      return address;
    },
    get host(): string {
      return new URL(address).host;
    },
    /** null until read. */
    get reach() {
      return reach;
    },
    get entries() {
      return entries;
    },
    get problem() {
      return problem;
    },
    /** For gated models; in memory only, gone with the page. */
    get token() {
      return token;
    },
    set token(value: string) {
      token = value;
    },
    /** Reads it once; pages that show the catalogue call this. */
    need(): void {
      reading ??= read();
    },
    open: (): Hub => createHub({ address, token: token === '' ? null : token }),
    add: (id: string) =>
      guarded(async () => {
        await addToCatalogue(await library.opened(), id);
        await read();
      }),
    setAddress: (text: string) =>
      guarded(async () => {
        address = await setHubAddress(await library.opened(), text);
        reach = await hubReach(address);
      }),
    /** Lets the page reach the hub from the next load on. */
    allow: () => guarded(async () => void (reach = await allowHub(address))),
    forbid: () =>
      guarded(async () => {
        await forbidHub();
        reach = await hubReach(address);
      }),
  };
}

export const hub = createHubState();
