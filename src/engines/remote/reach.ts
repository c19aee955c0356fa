import { FaultError, type Result } from '../../core/fault.ts';
import { DEFAULT_CHAT, type ChatSettings } from '../../core/chat/settings.ts';
import type { Letter } from '../../core/benchmark/types.ts';
import type { ServerConfig } from '../../core/servers/config.ts';
import type { LoadRequest } from '../engine.ts';
import type { Adapter, AdapterParts, ChatRenderer } from './adapter.ts';
import { adapterFor } from './adapters/registry.ts';
import { hostOf, type Subject } from './certificate.ts';
import { SentImages, type ImageParts } from './images.ts';
import { probe, type Probed } from './probe.ts';
import { openTransport, type Transport, type World } from './transport.ts';

export interface RemoteOptions {
  readonly server: ServerConfig;
  /** Methods of the run: what the server must be able to give. */
  readonly methods: readonly string[];
  readonly chat?: ChatSettings | undefined;
  readonly images: ImageParts;
  /** Has the app's own server open the way to the model server; the base of its paths. */
  readonly open: () => Promise<Result<string>>;
  /** Ids of the letters by the model's own tokenizer, where its folder is at hand. */
  readonly letterIds: Readonly<Record<Letter, number>> | null;
  /** The model's chat template, where its folder is at hand. */
  readonly renderer?: ChatRenderer | null;
  /** The processor is that of the model's name, not of its folder. */
  readonly assumed?: boolean;
  readonly world?: World;
}

/** A server that was reached and tried. */
export interface Reached {
  readonly transport: Transport;
  readonly adapter: Adapter;
  readonly probed: Probed;
}

export function subjectOf({ server, methods, images, assumed }: RemoteOptions): Subject {
  return { server, host: hostOf(server), methods, sized: images.settings !== null, assumed: assumed === true };
}

export function thinkingOf({ chat }: Pick<RemoteOptions, 'chat'>): ChatSettings['thinking'] {
  return (chat ?? DEFAULT_CHAT).thinking;
}

/**
 * Opens the way to a server and asks it questions of our own.
 * @param keep told of the transport as soon as there is one, so that it can be ended whatever comes
 * @throws FaultError where it cannot be reached, or not be asked at all
 */
export async function reach(
  options: RemoteOptions,
  images: SentImages,
  request: Pick<LoadRequest, 'says' | 'stopped'>,
  keep: (transport: Transport) => void,
): Promise<Reached> {
  request.says({ kind: 'loading', what: `the server at ${hostOf(options.server)}` });
  const { transport, adapter } = await connect({ ...options, shows: true }, request, keep);
  const probed = await probe({
    ...{ adapter, thinking: thinkingOf(options), sized: (png) => images.ofPicture(png) },
    says: (what) => request.says({ kind: 'checking', what }),
  });
  return { transport, adapter, probed };
}

/**
 * Opens the way to a server and has its adapter ready; nothing is asked yet.
 * @param keep told of the transport as soon as there is one, so that it can be ended whatever comes
 * @throws FaultError where there is no way to it
 */
export async function connect(
  {
    server,
    open,
    letterIds,
    world,
    renderer = null,
    shows,
  }: Pick<RemoteOptions, 'server' | 'open' | 'letterIds' | 'world' | 'renderer'> & Pick<AdapterParts, 'shows'>,
  request: Pick<LoadRequest, 'says' | 'stopped'>,
  keep: (transport: Transport) => void,
): Promise<Pick<Reached, 'transport' | 'adapter'>> {
  const base = await open();
  if (!base.ok) throw new FaultError(base.fault);
  const transport = openTransport({
    ...{ base: base.value, concurrency: server.concurrency, stopped: request.stopped },
    says: (what) => request.says({ kind: 'waiting', what }),
    ...(world ? { world } : {}),
  });
  keep(transport);
  const adapter = adapterFor(server.kind, { send: transport.send, model: server.model, letterIds, renderer, shows });
  return { transport, adapter };
}
