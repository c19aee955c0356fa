import { serverAccess } from '../../app/server-access.ts';
import { examine, lookAtServer } from '../../app/servers.ts';
import { fault, FaultError, toFault, type Fault } from '../../core/fault.ts';
import { serverAddress } from '../../core/servers/address.ts';
import type { ServerConfig } from '../../core/servers/config.ts';
import type { Detected } from '../../core/servers/detect.ts';
import type { ServerKind } from '../../core/servers/kinds.ts';
import type { KeptServer } from '../../store/servers.ts';

/** A server that was connected to, and what it has. */
export interface Connected {
  readonly host: string;
  readonly url: string;
  readonly found: Detected;
}

/** Where one is on the way to a server. */
export type ConnectState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking'; readonly what: string }
  /** The host is another machine: a person has to agree first, and nothing was sent yet. */
  | { readonly kind: 'consent'; readonly host: string }
  | { readonly kind: 'failed'; readonly fault: Fault };

export interface Wish {
  readonly url: string;
  readonly kind: ServerKind | 'auto';
  readonly key: string;
}

/** Connects to a server: its address read, its host agreed to, its models listed, one of them examined. */
export function createConnection() {
  let state = $state.raw<ConnectState>({ kind: 'idle' });
  let there = $state.raw<Connected | null>(null);

  /** What is being connected to; an answer that comes after another wish is dropped. */
  let current = 0;

  async function step(what: string, work: () => Promise<ConnectState>): Promise<void> {
    const mine = ++current;
    state = { kind: 'asking', what };
    const next = await work().catch((e: unknown): ConnectState => ({ kind: 'failed', fault: toFault(e) }));
    if (mine === current) state = next;
  }

  async function connect({ url, kind, key }: Wish): Promise<void> {
    there = null;
    const address = serverAddress(url);
    if (!address.ok) {
      state = { kind: 'failed', fault: address.fault };
      return;
    }
    const { host, url: clean } = address.value;
    serverAccess.setKey(clean, key);
    await step(`Asking ${host} what it is`, async () => {
      const found = await lookAtServer(clean, kind);
      if (!found.ok && found.fault.facts?.['consent'] === host) return { kind: 'consent', host };
      if (!found.ok) throw new FaultError(found.fault);
      if (found.value.models.length === 0 && kind === 'auto')
        throw new FaultError(
          fault('server-refused', `The server at ${host} lists no model. Choose its kind, and name its model.`),
        );
      there = { host, url: clean, found: found.value };
      return { kind: 'idle' };
    });
  }

  return {
    get state(): ConnectState {
      return state;
    },
    /** null until a server was connected to. */
    get there() {
      return there;
    },
    connect,
    /** Agrees to a host for as long as this page and Lookalike's own server live, and connects. */
    async agree(host: string, wish: Wish): Promise<void> {
      serverAccess.agree(host);
      await connect(wish);
    },
    /** Examines a model with pictures of our own. @returns null where that failed; the state says why */
    async examine(server: ServerConfig): Promise<KeptServer | null> {
      let kept: KeptServer | null = null;
      await step(`Checking ${server.model}`, async () => {
        const examined = await examine(server, ({ what }) => {
          if (state.kind === 'asking') state = { kind: 'asking', what: `Checking ${server.model}: ${what}` };
        });
        if (!examined.ok) throw new FaultError(examined.fault);
        const { certificate, offers } = examined.value;
        kept = { server: { ...server, model: certificate.server.model }, certificate, offers };
        there = null;
        return { kind: 'idle' };
      });
      return kept;
    },
    reset(): void {
      current++;
      there = null;
      state = { kind: 'idle' };
    },
  };
}
