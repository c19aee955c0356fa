import * as v from 'valibot';
import type { MethodOffer, ServerCertificate, ServerConfig } from '../core/servers/config.ts';
import type { Store } from './db.ts';
import { text } from './row-parts.ts';
import { serverCertificate, serverConfig } from './server-rows.ts';
import { putSetting, setting } from './settings.ts';

/** A model behind a server that was examined here. Never its key. */
export interface KeptServer {
  readonly server: ServerConfig;
  readonly certificate: ServerCertificate;
  readonly offers: readonly MethodOffer[];
  /** It is asked in text alone: a judge or a writer, no model under test. */
  readonly textOnly?: true;
}

const offer: v.GenericSchema<unknown, MethodOffer> = v.union([
  v.object({ id: text, way: text, why: v.null() }),
  v.object({ id: text, way: v.null(), why: text }),
]);
const kept: v.GenericSchema<unknown, KeptServer> = v.object({
  server: serverConfig,
  certificate: serverCertificate,
  offers: v.array(offer),
  textOnly: v.exactOptional(v.literal(true)),
});
const KEY = 'servers';

/** A run's certificate where a server answered; null for any other. */
export function readServerCertificate(value: unknown): ServerCertificate | null {
  const result = v.safeParse(serverCertificate, value);
  return result.success ? result.output : null;
}

/** Names a model at an address: the same model on another machine is another. */
export function keptServerId({ url, model }: Pick<ServerConfig, 'url' | 'model'>): string {
  return `${url}#${model}`;
}

/** Models behind servers that were examined here, the newest first. */
export function listServers(store: Store): Promise<readonly KeptServer[]> {
  return setting<readonly KeptServer[]>(store, KEY, v.array(kept), []);
}

/** Keeps a model of a server, in place of the same one. */
export async function putServer(store: Store, value: KeptServer): Promise<void> {
  await putSetting(store, KEY, [value, ...(await without(store, keptServerId(value.server)))]);
}

export async function deleteServer(store: Store, id: string): Promise<void> {
  await putSetting(store, KEY, await without(store, id));
}

async function without(store: Store, id: string): Promise<readonly KeptServer[]> {
  return (await listServers(store)).filter((k) => keptServerId(k.server) !== id);
}
