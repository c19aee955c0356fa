import { requestedMethods } from '../../core/methods/registry.ts';
import { serverAddress } from '../../core/servers/address.ts';
import type { ServerCertificate, ServerCheck, ServerConfig, ServerInfo } from '../../core/servers/config.ts';
import { KINDS } from '../../core/servers/kinds.ts';
import type { EngineFacts } from '../engine.ts';
import { wayOf, type Probed } from './probe.ts';

/** What a run's certificate is about. */
export interface Subject {
  readonly server: ServerConfig;
  readonly host: string;
  readonly methods: readonly string[];
  /** Images are sent at the size of the model's processor. */
  readonly sized: boolean;
  /** That processor is the one that the model's name stands for. */
  readonly assumed: boolean;
}

function infoOf({ server, host, methods, sized, assumed }: Subject, probed: Probed): ServerInfo {
  const { kind, dtype, quantisation } = server;
  const ways = requestedMethods(methods).flatMap((r) => {
    const way = wayOf(r, probed.ways);
    return way === null ? [] : [[r.base, way] as const];
  });
  const images = !sized
    ? 'as they are, resampled by the server'
    : assumed
      ? 'at the size of the processor that the model’s name stands for'
      : 'at the size of the model’s processor';
  return {
    ...{ kind, host, dtype, quantisation, images, ways: Object.fromEntries(ways) },
    model: probed.looked.model,
    version: probed.looked.version,
  };
}

export function certificateOf(subject: Subject, probed: Probed): ServerCertificate {
  return certificateFor(infoOf(subject, probed), probed.checks);
}

/** What was found of a server, as results keep it. */
export function certificateFor(server: ServerInfo, checks: readonly ServerCheck[]): ServerCertificate {
  return {
    ...{ kind: 'server', version: '1', issuedAt: new Date().toISOString(), passed: true, overridden: false },
    ...{ server, checks },
  };
}

/** Host and port of a server. */
export function hostOf({ url }: Pick<ServerConfig, 'url'>): string {
  const address = serverAddress(url);
  return address.ok ? address.value.host : url;
}

export function factsOf({ server: { dtype, quantisation } }: Subject, proof: ServerCertificate): EngineFacts {
  const stated = { model: dtype ?? 'not stated', ...(quantisation === null ? {} : { quantisation }) };
  return { dtype: stated, device: null, server: proof.server, libraries: {}, template: null, proof };
}

/** What is worth saying of the server before the first question. */
export function notes(subject: Subject, probed: Probed): readonly string[] {
  const { server, host } = subject;
  const info = infoOf(subject, probed);
  const ways = Object.entries(info.ways).map(([method, way]) => `${method} by ${way}`);
  const lines = [`${KINDS[server.kind].label} at ${host}, model ${info.model}: ${ways.join(', ')}.`];
  if (!subject.sized)
    lines.push(
      'Images are sent as they are, since the model’s image processor is not known: the server resamples them in its own way. Name the model’s folder with --server-processor.',
    );
  if (subject.assumed)
    lines.push(
      'Images are sent at the size that the model’s name stands for; where its preprocessor_config.json says otherwise, name its folder with --server-processor.',
    );
  if (server.dtype === null)
    lines.push('No server says what its weights are stored in: state it with --server-dtype, so that results say it.');
  return lines;
}
