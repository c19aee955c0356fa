import * as v from 'valibot';
import { builtInCatalogue, isRepository, userEntry, type CatalogueEntry } from '../core/models/catalogue.ts';
import { OFFICIAL_HUB, readHubAddress } from '../core/models/hub/listing.ts';
import { FaultError } from '../core/fault.ts';
import type { Store } from './db.ts';
import { putSetting, setting } from './settings.ts';

const KEY = 'catalogue.models';
const HUB = 'hub.address';
const ids = v.array(v.pipe(v.string(), v.check(isRepository)));

/** The models that Lookalike knows, and those that the user added, the latter last. */
export async function catalogue(store: Store): Promise<readonly CatalogueEntry[]> {
  const known = builtInCatalogue();
  if (!known.ok) throw new FaultError(known.fault);
  const added = (await setting(store, KEY, ids, [])).flatMap((id) => {
    const entry = userEntry(id);
    return entry.ok && !known.value.some((e) => e.id === entry.value.id) ? [entry.value] : [];
  });
  return [...known.value, ...added];
}

/**
 * Adds a hub id to the user's own part of the catalogue.
 * @throws FaultError 'bad-argument' for what is no hub id
 */
export async function addToCatalogue(store: Store, id: string): Promise<CatalogueEntry> {
  const entry = userEntry(id);
  if (!entry.ok) throw new FaultError(entry.fault);
  const before = await setting(store, KEY, ids, []);
  await putSetting(store, KEY, [...new Set([...before, entry.value.id])]);
  return entry.value;
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
  const address = readHubAddress(text);
  if (!address.ok) throw new FaultError(address.fault);
  await putSetting(store, HUB, address.value);
  return address.value;
}
