import * as v from 'valibot';
import { builtInCatalogue, isRepository, userEntry, type CatalogueEntry } from '../core/models/catalogue.ts';
import { OFFICIAL_HUB, readHubAddress } from '../core/models/hub/listing.ts';
import { orThrow } from '../core/fault.ts';
import type { Store } from './db.ts';
import { putSetting, setting } from './settings.ts';

const KEY = 'catalogue.models';
const HUB = 'hub.address';
const ids = v.array(v.pipe(v.string(), v.check(isRepository)));

/** The models that Lookalike knows, and those that the user added, the latter last. */
export async function catalogue(store: Store): Promise<readonly CatalogueEntry[]> {
  const known = orThrow(builtInCatalogue());
  const added = (await setting(store, KEY, ids, [])).flatMap((id) => {
    const entry = userEntry(id);
    return entry.ok && !known.some((e) => e.id === entry.value.id) ? [entry.value] : [];
  });
  return [...known, ...added];
}

/**
 * Adds a hub id to the user's own part of the catalogue.
 * @throws FaultError 'bad-argument' for what is no hub id
 */
export async function addToCatalogue(store: Store, id: string): Promise<CatalogueEntry> {
  const entry = orThrow(userEntry(id));
  const before = await setting(store, KEY, ids, []);
  await putSetting(store, KEY, [...new Set([...before, entry.id])]);
  return entry;
}

/** Takes a model that the user added out of the catalogue; what is kept of it stays. */
export async function removeFromCatalogue(store: Store, id: string): Promise<void> {
  const before = await setting(store, KEY, ids, []);
  await putSetting(
    store,
    KEY,
    before.filter((x) => x !== id),
  );
}

/** The hub that is asked: the user's mirror, or the official one. */
export async function hubAddress(store: Store): Promise<string> {
  const address = readHubAddress(await setting(store, HUB, v.string(), OFFICIAL_HUB));
  return address.ok ? address.value : OFFICIAL_HUB;
}

/** @throws FaultError 'bad-argument' for an address that cannot be meant or is not safe */
export async function setHubAddress(store: Store, text: string): Promise<string> {
  const address = orThrow(readHubAddress(text));
  await putSetting(store, HUB, address);
  return address;
}
