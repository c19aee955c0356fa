import * as v from 'valibot';
import type { ServerCertificate, ServerConfig, ServerInfo } from '../core/servers/config.ts';
import { SERVER_KINDS } from '../core/servers/kinds.ts';
import { strings, text } from './row-parts.ts';

/* What runs and the list of servers keep of a server; never its key. */

export const serverConfig: v.GenericSchema<unknown, ServerConfig> = v.object({
  kind: v.picklist(SERVER_KINDS),
  url: text,
  model: text,
  dtype: v.nullable(text),
  quantisation: v.nullable(text),
  concurrency: v.number(),
  prices: v.nullable(v.object({ input: v.number(), output: v.number() })),
  budget: v.nullable(v.number()),
  processor: v.nullable(text),
  folder: v.exactOptional(
    v.object({
      config: v.unknown(),
      preprocessor: v.unknown(),
      processor: v.unknown(),
      letters: v.nullable(v.object({ A: v.number(), B: v.number() })),
      template: v.exactOptional(v.object({ text, tokens: strings })),
    }),
  ),
});
export const serverInfo: v.GenericSchema<unknown, ServerInfo> = v.looseObject({
  kind: v.picklist(SERVER_KINDS),
  host: text,
  model: text,
  version: v.nullable(text),
  dtype: v.nullable(text),
  quantisation: v.nullable(text),
  ways: strings,
  images: text,
});

export const serverCertificate: v.GenericSchema<unknown, ServerCertificate> = v.object({
  kind: v.literal('server'),
  version: v.literal('1'),
  issuedAt: text,
  passed: v.boolean(),
  overridden: v.literal(false),
  server: serverInfo,
  checks: v.array(v.object({ name: text, passed: v.boolean(), detail: text, needed: v.array(text) })),
});
