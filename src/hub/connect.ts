import { hubHosts } from '../core/models/hub/listing.ts';
import { fault, FaultError } from '../core/fault.ts';
import { POLICY_CACHE, POLICY_KEY, readHosts } from '../sw/contract.ts';
import { appReady } from '../sw/register.ts';

/** Whether this page may reach a hub: it may; it may after a reload; the user has not allowed it. */
export type Reach = 'open' | 'after-reload' | 'closed';

const key = (): URL => new URL(POLICY_KEY, document.baseURI);

/** None where the browser keeps nothing for this page. */
async function allowedHosts(): Promise<readonly string[]> {
  try {
    const kept = await (await caches.open(POLICY_CACHE)).match(key());
    return readHosts(await kept?.json());
  } catch {
    return [];
  }
}

/** The hosts in the policy that this very page was loaded with, as its service worker told. */
function loadedHosts(): readonly string[] {
  const [navigation] = performance.getEntriesByType('navigation');
  if (!(navigation instanceof PerformanceNavigationTiming)) return [];
  const entry = navigation.serverTiming.find((t) => t.name === 'connect');
  return entry === undefined || entry.description === '' ? [] : entry.description.split(' ');
}

const covers = (hosts: readonly string[], address: string): boolean =>
  hubHosts(address).every((h) => hosts.includes(h));

/** Whether this page may reach the hub at `address` now. */
export async function hubReach(address: string): Promise<Reach> {
  if (import.meta.env.DEV || address === location.origin) return 'open';
  if (covers(loadedHosts(), address)) return 'open';
  return covers(await allowedHosts(), address) ? 'after-reload' : 'closed';
}

/**
 * Lets the page reach one hub and its delivery hosts, and nothing else, from the next load on. An earlier permission is replaced.
 * @param others delivery hosts of a mirror that answers large files from elsewhere, as origins
 * @returns 'after-reload': reload the page when the user is ready
 * @throws FaultError 'storage' where the browser keeps no service worker
 */
export async function allowHub(address: string, others: readonly string[] = []): Promise<Reach> {
  if (!import.meta.env.DEV && !(await appReady()))
    throw new FaultError(
      fault(
        'storage',
        'The browser keeps no service worker here, so the page cannot be opened to the hub. Leave private browsing, or bring the model as a folder.',
      ),
    );
  const body = JSON.stringify({ hosts: [...hubHosts(address), ...others] });
  await (
    await caches.open(POLICY_CACHE)
  ).put(key(), new Response(body, { headers: { 'Content-Type': 'application/json' } }));
  return hubReach(address);
}

/** Closes the page to every host again, from the next load on. */
export async function forbidHub(): Promise<void> {
  await (await caches.open(POLICY_CACHE)).delete(key());
}
