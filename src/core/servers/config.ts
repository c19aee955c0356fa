import type { ServerKind } from './kinds.ts';

/** The server that a run asks; stored with the run. Never a key. */
export interface ServerConfig {
  readonly kind: ServerKind;
  /** Address without `/v1`, user, query or key (address.ts). */
  readonly url: string;
  readonly model: string;
  /** As the user states them: no server tells. null: not stated. */
  readonly dtype: string | null;
  readonly quantisation: string | null;
  /** Requests that may be under way at once. */
  readonly concurrency: number;
  /** Money per million tokens; null: tokens are counted only. */
  readonly prices: { readonly input: number; readonly output: number } | null;
  /** The most that the run may spend: money where there are prices, else tokens. */
  readonly budget: number | null;
  /** Folder with the model's preprocessor_config.json (and its tokenizer), served on this page's origin; null: none is known. */
  readonly processor: string | null;
  /** The same, out of files that were brought to the page. */
  readonly folder?: ServerFolder;
}

/** What a model's folder says of its images and its letters. */
export interface ServerFolder {
  readonly config: unknown;
  readonly preprocessor: unknown;
  readonly processor: unknown;
  /** Token ids of A and B; null: no tokenizer was brought, or they are no single tokens. */
  readonly letters: { readonly A: number; readonly B: number } | null;
  /** Its chat template, where it was brought. */
  readonly template?: ServerTemplate;
}

/** A chat template, and the special tokens that it names (`bos_token`, ...). */
export interface ServerTemplate {
  readonly text: string;
  readonly tokens: Readonly<Record<string, string>>;
}

/** `RunConfig.modelId` of a model behind a server: names it, and is no model of this browser. */
export function serverModelId({ kind, model }: Pick<ServerConfig, 'kind' | 'model'>): string {
  return `server:${kind}:${model}`;
}

/** What a run says of the server that answered (run.json, `server`). */
export interface ServerInfo {
  readonly kind: ServerKind;
  readonly host: string;
  readonly model: string;
  readonly version: string | null;
  readonly dtype: string | null;
  readonly quantisation: string | null;
  /** What each method was read by: `gd: logprob_token_ids`. */
  readonly ways: Readonly<Record<string, string>>;
  /** How images were sent: at the processor's size, or as they are. */
  readonly images: string;
}

/** One thing that was tried with the server, and what came of it. */
export interface ServerCheck {
  readonly name: string;
  readonly passed: boolean;
  readonly detail: string;
  /** Methods that need it; empty: all do. */
  readonly needed: readonly string[];
}

/** Whether a server can be asked a method: how it would be read, or the sentence that says why it cannot be. */
export type MethodOffer =
  | { readonly id: string; readonly way: string; readonly why: null }
  | { readonly id: string; readonly way: null; readonly why: string };

/** What shows how far a server's answers can be believed; run.json keeps it as the certificate. */
export interface ServerCertificate {
  readonly kind: 'server';
  readonly version: '1';
  readonly issuedAt: string;
  readonly passed: boolean;
  readonly overridden: false;
  readonly server: ServerInfo;
  readonly checks: readonly ServerCheck[];
}
