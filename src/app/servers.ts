import { Tokenizer } from '@huggingface/tokenizers';
import type { Letter } from '../core/benchmark/types.ts';
import { findTemplate, type TemplateFiles } from '../core/chat/find-template.ts';
import { fault, FaultError, ok, type Result } from '../core/fault.ts';
import { DEFAULT_PIXEL_POLICY, type PixelPolicy } from '../core/images/types.ts';
import { isObject, readJson } from '../core/json.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import type { ServerConfig, ServerFolder, ServerTemplate } from '../core/servers/config.ts';
import { detectServer, type Detected } from '../core/servers/detect.ts';
import { textAt, type HttpAnswer } from '../core/servers/exchange.ts';
import type { ServerKind } from '../core/servers/kinds.ts';
import { processorByName } from '../core/servers/known-processors.ts';
import { rendererOf } from './chat-renderer.ts';
import { openWay } from './server-access.ts';
import { spawnPixels } from '../bridge/spawn.ts';
import type { Engine, LoadStep } from '../engines/engine.ts';
import { openRemoteEngine } from '../engines/remote/engine.ts';
import { examineServer, type Examined } from '../engines/remote/examine.ts';
import type { RemoteOptions } from '../engines/remote/reach.ts';
import { PROXY_HEADER } from '../engines/remote/transport.ts';
import type { SizeSettings } from '../protocol/pixels.ts';

/** A server that does not say within that time what it is does not answer. */
const LOOK_MS = 30_000;

/**
 * What a server says of itself: its kind and its models. Services that have no such list are not asked.
 * @param kind `auto`: to be found out
 * @returns a fault with facts `consent: host` where a person has to agree first; nothing was sent then
 */
export async function lookAtServer(url: string, kind: ServerKind | 'auto'): Promise<Result<Detected>> {
  // llama.cpp's paths hold all that tells the kinds apart but for SGLang's, which its list of models does.
  const way = await openWay({ url, kind: kind === 'auto' ? 'llamacpp' : kind });
  if (!way.ok) return way;
  if (kind === 'gemini' || kind === 'anthropic') return ok({ kind, models: [], roots: {} });
  const found = await detectServer((path) => looked(`${way.value}${path}`));
  return found.ok && kind !== 'auto' ? ok({ ...found.value, kind }) : found;
}

async function looked(url: string): Promise<HttpAnswer | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(LOOK_MS) });
    if (response.headers.get(PROXY_HEADER) !== 'server') return null;
    const text = await response.text();
    return { status: response.status, body: parsedOr(text) };
  } catch {
    return null;
  }
}

function parsedOr(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return text;
  }
}

/** Asks a server questions of our own, and says what it can be asked. */
export async function examine(server: ServerConfig, says: (step: LoadStep) => void): Promise<Result<Examined>> {
  const image = (): Promise<null> => Promise.resolve(null);
  const policy = DEFAULT_PIXEL_POLICY;
  return examineServer(await partsOf(server, image, policy), { says, stopped: () => false });
}

/** The engine of a run whose model is behind a server. */
export async function openServerEngine(
  config: RunConfig,
  server: ServerConfig,
  image: (sha256: string) => Promise<Blob | null>,
): Promise<Engine> {
  const parts = await partsOf(server, image, config.policy);
  return openRemoteEngine({ ...parts, methods: config.methods, chat: config.chat });
}

async function partsOf(
  server: ServerConfig,
  image: (sha256: string) => Promise<Blob | null>,
  policy: PixelPolicy,
): Promise<Omit<RemoteOptions, 'methods'>> {
  const { folder: brought, processor } = server;
  const folder = brought ? settingsOf(brought) : processor === null ? null : await processorFolder(processor);
  const named = processorByName(server.model);
  const settings: SizeSettings = folder ?? (named && { ...named, processor: null, config: null });
  const template = brought ? (brought.template ?? null) : processor === null ? null : await templateAt(processor);
  return {
    ...{ server, assumed: folder === null && named !== null },
    images: { image, settings, policy, spawn: spawnPixels },
    open: () => openWay(server),
    renderer: template && rendererOf(template),
    letterIds: brought ? brought.letters : processor === null ? null : await letterIds(processor),
  };
}

function settingsOf({ config, preprocessor, processor }: ServerFolder): SizeSettings {
  if (preprocessor === null && processor === null) return null;
  return { modelType: textAt(config, 'model_type') ?? '', preprocessor, processor, config };
}

async function processorFolder(base: string): Promise<SizeSettings> {
  const [config, preprocessor, processor] = await Promise.all(
    ['config.json', 'preprocessor_config.json', 'processor_config.json'].map((name) => jsonFile(base, name)),
  );
  if (preprocessor === null && processor === null)
    throw new FaultError(
      fault(
        'bad-argument',
        'The folder of --server-processor has neither preprocessor_config.json nor processor_config.json: it does not say how the model’s images are prepared.',
      ),
    );
  return { modelType: textAt(config, 'model_type') ?? '', preprocessor, processor, config };
}

async function letterIds(base: string): Promise<Readonly<Record<Letter, number>> | null> {
  return lettersOf(await jsonFile(base, 'tokenizer.json'), await jsonFile(base, 'tokenizer_config.json'));
}

function lettersOf(json: unknown, config: unknown): Readonly<Record<Letter, number>> | null {
  if (!isObject(json)) return null;
  const tokenizer = new Tokenizer(json, isObject(config) ? config : {});
  const id = (l: Letter): number | undefined => {
    const { ids } = tokenizer.encode(l, { add_special_tokens: false });
    return ids.length === 1 ? ids[0] : undefined;
  };
  const [a, b] = [id('A'), id('B')];
  return a === undefined || b === undefined ? null : { A: a, B: b };
}

async function jsonFile(base: string, name: string): Promise<unknown> {
  const response = await fetch(new URL(`${base}${name}`, document.baseURI));
  if (!response.ok) return null;
  return readJson(await response.text());
}

async function templateAt(base: string): Promise<ServerTemplate | null> {
  const text = async (name: string): Promise<string | null> => {
    const response = await fetch(new URL(`${base}${name}`, document.baseURI));
    return response.ok ? response.text() : null;
  };
  return templateIn({ text, json: (name) => jsonFile(base, name) });
}

/** A folder's chat template with the special tokens that it names; null where it has none. */
async function templateIn(files: TemplateFiles): Promise<ServerTemplate | null> {
  const found = await findTemplate(files);
  return found === null ? null : { text: found.text, tokens: found.tokens };
}

const FOLDER_FILES = ['config.json', 'preprocessor_config.json', 'processor_config.json', 'tokenizer.json'] as const;

/**
 * What files of a model's folder say of its images and letters; the weights are not among them.
 * @throws FaultError 'bad-argument' where none of them does
 */
export async function folderOf(files: readonly File[]): Promise<ServerFolder> {
  const json = async (name: string): Promise<unknown> => {
    const file = files.find((f) => f.name === name);
    if (!file) return null;
    try {
      return readJson(await file.text());
    } catch {
      throw new FaultError(fault('bad-argument', `${name} is not JSON. Choose the model’s own file.`));
    }
  };
  if (!FOLDER_FILES.some((name) => files.some((f) => f.name === name)))
    throw new FaultError(
      fault(
        'bad-argument',
        `None of these files says how the model’s images are prepared. Choose preprocessor_config.json, config.json and tokenizer.json of its folder.`,
      ),
    );
  const [config, preprocessor, processor, tokenizer] = await Promise.all(FOLDER_FILES.map(json));
  const letters = lettersOf(tokenizer, await json('tokenizer_config.json'));
  const text = async (name: string): Promise<string | null> =>
    (await files.find((f) => f.name === name)?.text()) ?? null;
  const template = await templateIn({ text, json });
  const settings = { config: config ?? null, preprocessor: preprocessor ?? null, processor: processor ?? null };
  return { ...settings, letters, ...(template ? { template } : {}) };
}
