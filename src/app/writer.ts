import { fault, FaultError, orThrow } from '../core/fault.ts';
import { at, readJson } from '../core/json.ts';
import { draftPrompt, type ChatPrompt } from '../core/drafting/prompts.ts';
import { capabilities } from '../engines/local/device.ts';
import type { ResolvedModel } from '../engines/local/model.ts';
import { textAhead } from '../engines/local/text.ts';
import type { LikelihoodsRequest, TextEngine } from '../engines/text.ts';
import { certificate, putCertificate } from '../store/certificates.ts';
import type { ServerConfig } from '../core/servers/config.ts';
import type { Store } from '../store/db.ts';
import { resolveModel } from './models.ts';
import { openAs } from './text-server.ts';

/** A text model ready to draft, and the tokens that a caption must not hold. */
export interface OpenWriter {
  readonly engine: TextEngine;
  readonly controlTokens: readonly string[];
}

/** A text model: of this browser, or behind a server. */
export type TextModel = ResolvedModel | { readonly server: ServerConfig };

/** Which text model is meant: by its id in this browser, or the server that has it. */
export type TextChoice = { readonly modelId: string } | { readonly server: ServerConfig };

/** @throws FaultError where no such model is here */
export async function findText(store: Store, choice: TextChoice): Promise<TextModel> {
  return 'server' in choice ? choice : resolveModel(store, choice.modelId);
}

export interface WriterWish {
  readonly device: 'auto' | 'webgpu' | 'wasm';
  readonly dtype: string;
  readonly threads: number | 'auto';
}

/** Characters of a caption with which the device is tried. */
const TRIED = 400;

/**
 * Loads a text model as a writer of questions, certified with the prompt of the first pair.
 * @param captions of that pair
 * @throws FaultError naming what was found and what to do
 */
export function openDrafter(
  store: Store,
  model: TextModel,
  wish: WriterWish,
  captions: readonly [string | null, string | null],
): Promise<OpenWriter> {
  const [one, two] = captions.map((c) => (c ?? '').slice(0, TRIED));
  return openWriter(store, model, wish, draftPrompt([one ?? '', two ?? '']));
}

/**
 * Loads a text model as a writer, certified with a first prompt as a judge is.
 * @throws FaultError naming what was found and what to do
 */
export function openWriter(store: Store, model: TextModel, wish: WriterWish, prompt: ChatPrompt): Promise<OpenWriter> {
  return openText(store, model, wish, { prompt, texts: ['Question: none', 'Question: Which'] });
}

/**
 * Loads a text model, or reaches it on its server.
 * @param probe a prompt and at least two texts, with which its device is certified
 * @throws FaultError naming what was found and what to do
 */
export async function openText(
  store: Store,
  model: TextModel,
  wish: WriterWish,
  probe: LikelihoodsRequest,
): Promise<OpenWriter> {
  if ('server' in model) {
    // What its tokenizer reads as control, the server is asked about each text.
    return { engine: orThrow(await openAs('writer', model.server)), controlTokens: [] };
  }
  const ports = {
    certificate: (key: string) => certificate(store, key),
    keepCertificate: (c: Parameters<typeof putCertificate>[1]) => putCertificate(store, c),
  };
  const ahead = orThrow(await textAhead(model, { ...wish, capabilities: await capabilities() }, ports));
  const controlTokens = await controlTokensOf(model);
  return { engine: orThrow(await ahead.open(probe, () => undefined)), controlTokens };
}

/** What the tokenizer reads as control wherever it stands. */
export async function controlTokensOf(model: ResolvedModel): Promise<readonly string[]> {
  const parsed = readJson(await textOf(model, 'tokenizer.json'));
  const added = at(parsed, 'added_tokens');
  if (!Array.isArray(added)) return [];
  return added.flatMap((t: unknown) => {
    const content = at(t, 'content');
    return at(t, 'special') === true && typeof content === 'string' ? [content] : [];
  });
}

async function textOf({ id, source }: ResolvedModel, path: string): Promise<string> {
  if (source.kind === 'blobs') {
    const file = source.files.find((f) => f.path === path);
    if (file) return new Blob([...file.parts]).text();
  } else {
    const response = await fetch(new URL(path, new URL(source.base, document.baseURI)));
    if (response.ok) return response.text();
  }
  throw new FaultError(fault('bad-model', `${id} has no ${path}. Bring the whole folder.`));
}
