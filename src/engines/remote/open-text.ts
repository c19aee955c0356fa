import { fail, fault, FaultError, ok, toFault, type Result } from '../../core/fault.ts';
import type { ServerCertificate, ServerConfig } from '../../core/servers/config.ts';
import { KINDS } from '../../core/servers/kinds.ts';
import type { LoadStep } from '../engine.ts';
import type { TextEngine } from '../text.ts';
import type { ChatRenderer } from './adapter.ts';
import { certificateFor, hostOf } from './certificate.ts';
import { probeText, type TextProbed } from './probe-text.ts';
import { connect } from './reach.ts';
import { remoteText } from './text.ts';
import type { Transport, World } from './transport.ts';

export interface RemoteTextOptions {
  readonly server: ServerConfig;
  /** Has the app's own server open the way to the model server; the base of its paths. */
  readonly open: () => Promise<Result<string>>;
  /** The model's chat template, where its folder is at hand. */
  readonly renderer?: ChatRenderer | null;
  readonly world?: World;
}

/**
 * A model behind a server as a judge or a writer: no image is ever sent, and none of what it is to read before it has answered questions of our own as a
 * server that can be believed would.
 */
export async function openRemoteText(
  options: RemoteTextOptions,
  says: (step: LoadStep) => void,
): Promise<Result<TextEngine>> {
  let transport: Transport | null = null;
  try {
    const host = hostOf(options.server);
    says({ kind: 'loading', what: `the server at ${host}` });
    const reached = await connect(
      { ...options, letterIds: null, shows: false },
      { says, stopped: () => false },
      (opened) => (transport = opened),
    );
    const { adapter } = reached;
    const probed = await probeText(adapter, (what) => says({ kind: 'checking', what }));
    const certificate = textCertificate(options.server, host, probed);
    refuseUnbelieved(certificate, host);
    const { server } = certificate;
    const name = options.server.model === '' ? server.model : options.server.model;
    return ok(
      remoteText({
        ...{ adapter, ways: probed.ways, server, certificate, name },
        ...{ messages: notesOf(server, probed), transport: reached.transport },
      }),
    );
  } catch (e) {
    end(transport);
    return fail(toFault(e));
  }
}

function end(transport: Transport | null): void {
  transport?.end('the server was refused');
}

/** @throws FaultError 'server-wrong' where nothing that it writes can be believed */
function refuseUnbelieved({ checks }: ServerCertificate, host: string): void {
  const failed = checks.find((c) => !c.passed && c.needed.length === 0);
  if (!failed) return;
  throw new FaultError(
    fault(
      'server-wrong',
      `The server at ${host} failed a check (${failed.name}: ${failed.detail}), so nothing was asked of it.`,
      { check: failed.name },
    ),
  );
}

function textCertificate(server: ServerConfig, host: string, { looked, ways, checks }: TextProbed): ServerCertificate {
  const { kind, dtype, quantisation } = server;
  return certificateFor(
    {
      ...{ kind, host, dtype, quantisation, model: looked.model, version: looked.version },
      ways: { text: 'chat', ...(ways.ps === null ? {} : { likelihoods: ways.ps }) },
      images: 'none are sent',
    },
    checks,
  );
}

function notesOf({ kind, host, model }: ServerCertificate['server'], { looked, ways }: TextProbed): readonly string[] {
  const likelihoods = ways.ps === null ? 'it gives no log-probabilities of a text' : `likelihoods by ${ways.ps}`;
  return [...looked.notes, `${KINDS[kind].label} at ${host}, model ${model}, asked in text alone; ${likelihoods}.`];
}
