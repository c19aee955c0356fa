import * as v from 'valibot';
import type { CatalogueEntry } from '../../core/models/catalogue.ts';
import { orThrow } from '../../core/fault.ts';
import { hubHosts, OFFICIAL_HUB, readHubAddress } from '../../core/models/hub/listing.ts';
import { createHub, type Hub } from '../../hub/client.ts';
import { allowHub, forbidHub, hubReach, type Reach } from '../../hub/connect.ts';
import { addToCatalogue, catalogue, hubAddress, removeFromCatalogue, setHubAddress } from '../../store/catalogue.ts';
import { putSetting, setting } from '../../store/settings.ts';
import { createProblem } from '../kit/problem.svelte.ts';
import { library } from './library.svelte.ts';

/** Hosts that a mirror delivers large files from, as origins. */
const OTHERS = 'hub.delivery';

/** The hub: whether this page may reach it, and the models that can be had from it. Nothing is asked of it before the user allowed it. */
function createHubState() {
  let address = $state(OFFICIAL_HUB);
  let others = $state.raw<readonly string[]>([]);
  let reach = $state<Reach | null>(null);
  let stale = $state(false);
  let token = $state('');
  let entries = $state.raw<readonly CatalogueEntry[]>([]);
  const problem = createProblem();
  const { guarded } = problem;
  let reading: Promise<void> | null = null;

  /** A change waits until what is kept is read, which would else come over it. */
  const change = async (work: () => Promise<void>): Promise<void> => {
    await (reading ??= read());
    await guarded(work);
  };
  const read = (): Promise<void> =>
    guarded(async () => {
      const store = await library.opened();
      entries = await catalogue(store);
      address = await hubAddress(store);
      others = await setting(store, OTHERS, v.array(v.string()), []);
      reach = await hubReach(address);
      stale = reach === 'after-reload';
    });
  async function close(): Promise<void> {
    await forbidHub();
    // What this page was loaded with holds until the next load; Lookalike itself stops asking at once.
    stale = reach === 'open';
    reach = 'closed';
  }

  return {
    get address() {
      return address;
    },
    get others() {
      return others;
    },
    get host(): string {
      return new URL(address).host;
    },
    /** What the policy names, or would name, beside the page itself. */
    get hosts(): readonly string[] {
      return [...hubHosts(address), ...others];
    },
    /** null until read. */
    get reach() {
      return reach;
    },
    /** The policy that this page was loaded with is no longer the chosen one. */
    get stale() {
      return stale;
    },
    get entries() {
      return entries;
    },
    get problem() {
      return problem.fault;
    },
    /** For gated models; in memory only, gone with the page. */
    get token() {
      return token;
    },
    set token(value: string) {
      token = value;
    },
    /** Reads it once; pages that show the catalogue call this. */
    need: (): Promise<void> => (reading ??= read()),
    /** The hub at an address. The token goes to the hub that it was entered for, and to no other. */
    open: (at: string = address): Hub =>
      createHub({ address: at, token: token !== '' && at === address ? token : null }),
    add: (id: string) =>
      change(async () => {
        const store = await library.opened();
        await addToCatalogue(store, id);
        entries = await catalogue(store);
      }),
    remove: (id: string) =>
      change(async () => {
        const store = await library.opened();
        await removeFromCatalogue(store, id);
        entries = await catalogue(store);
      }),
    /** Takes another hub; it must be allowed anew. `delivery`: origins of its delivery hosts, with spaces between. */
    setAddress: (text: string, delivery = '') =>
      change(async () => {
        const hosts = delivery
          .split(/[\s,]+/)
          .filter((host) => host !== '')
          .map(originOf);
        const store = await library.opened();
        const before = named(address, others);
        address = await setHubAddress(store, text);
        others = address === OFFICIAL_HUB ? [] : hosts;
        await putSetting(store, OTHERS, others);
        if (named(address, others) === before) return;
        token = '';
        await close();
      }),
    /** Lets the page reach the hub from the next load on. */
    allow: () =>
      change(async () => {
        reach = await allowHub(address, others);
        stale = reach === 'after-reload';
      }),
    forbid: () => change(close),
  };
}

const named = (address: string, others: readonly string[]): string => [address, ...others].join(' ');

/** @throws FaultError 'bad-argument' */
function originOf(text: string): string {
  const address = orThrow(readHubAddress(text));
  return new URL(address).origin;
}

export const hub = createHubState();
