import { fail, ok, toFault, type Result } from '../../core/fault.ts';
import { methods, requestedMethods, servedMethods } from '../../core/methods/registry.ts';
import type { MethodOffer, ServerCertificate } from '../../core/servers/config.ts';
import type { LoadRequest } from '../engine.ts';
import { certificateOf, notes } from './certificate.ts';
import { SentImages } from './images.ts';
import { hindrance, wayOf, type Probed } from './probe.ts';
import { reach, subjectOf, type RemoteOptions } from './reach.ts';
import type { Transport } from './transport.ts';

/** A server as it showed itself, for whoever chooses what to ask of it. */
export interface Examined {
  /** `passed`: nothing speaks against asking it at all. */
  readonly certificate: ServerCertificate;
  readonly offers: readonly MethodOffer[];
  readonly messages: readonly string[];
}

/** Asks a server questions of our own and says what it can be asked; nothing of a benchmark is sent. */
export async function examineServer(
  wanted: Omit<RemoteOptions, 'methods'>,
  request: Pick<LoadRequest, 'says' | 'stopped'>,
): Promise<Result<Examined>> {
  const ids = [...methods(), ...servedMethods()].map((m) => m.id);
  const options = { ...wanted, methods: ids };
  const images = new SentImages(wanted.images);
  let transport: Transport | null = null;
  try {
    const { probed } = await reach(options, images, request, (opened) => (transport = opened));
    const offers = ids.map((id) => offerOf(id, probed, subjectOf(options).host));
    const given = { ...subjectOf(options), methods: offers.flatMap((o) => (o.why === null ? [o.id] : [])) };
    const passed = probed.checks.every((c) => c.passed || c.needed.length > 0);
    const messages = [...probed.looked.notes, ...notes(given, probed)];
    return ok({ certificate: { ...certificateOf(given, probed), passed }, offers, messages });
  } catch (e) {
    return fail(toFault(e));
  } finally {
    end(transport);
    images.end();
  }
}

function end(transport: Transport | null): void {
  transport?.end('the server was examined');
}

/** How a method would be read, or the sentence that says why it cannot be. */
function offerOf(id: string, probed: Probed, host: string): MethodOffer {
  const requests = requestedMethods([id]);
  const hindered = hindrance(requests, probed, host);
  if (hindered) return { id, way: null, why: hindered.message };
  return { id, way: requests.map((r) => wayOf(r, probed.ways)).join(), why: null };
}
