import { fail, fault, ok, type Result } from '../fault.ts';
import { isObject } from '../json.ts';
import { isDtype, type Dtype } from './dtypes.ts';
import builtIn from './models.json' with { type: 'json' };

export const KINDS = ['vision-language', 'encoder', 'judge'] as const;
export type Kind = (typeof KINDS)[number];
export type Sizes = Readonly<Partial<Record<Dtype, number>>>;

/** A model that can be downloaded, as far as it is known before asking the hub. Sizes in bytes, as seen on the hub, not promises. */
export interface CatalogueEntry {
  /** Hub repository, `owner/name`. */
  readonly id: string;
  readonly kind: Kind;
  /** model_type of config.json; null for a model that the user added and nobody asked the hub about. */
  readonly modelType: string | null;
  readonly parameters: number | null;
  readonly licence: { readonly name: string; readonly url: string; readonly nonCommercial: boolean };
  /** A commit that was seen; the current one is asked for and recorded at download. */
  readonly revision: string | null;
  /** By session file. */
  readonly sizes: Readonly<Record<string, Sizes>>;
  /** All files together, where only that is known. */
  readonly total: Sizes;
  readonly notes: readonly string[];
}

/** `owner/name` as the hub allows it. */
export function isRepository(id: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/.test(id) && !id.includes('..') && !id.includes('--');
}

const isText = (x: unknown): x is string => typeof x === 'string' && x !== '';
const isCount = (x: unknown): x is number => typeof x === 'number' && Number.isFinite(x) && x > 0;

function readSizes(x: unknown): Sizes | null {
  if (!isObject(x)) return null;
  const sizes: Partial<Record<Dtype, number>> = {};
  for (const [dtype, bytes] of Object.entries(x)) {
    if (!isDtype(dtype) || !isCount(bytes)) return null;
    sizes[dtype] = bytes;
  }
  return sizes;
}

function readSessions(x: unknown): Readonly<Record<string, Sizes>> | null {
  if (!isObject(x)) return null;
  const sessions: Record<string, Sizes> = {};
  for (const [session, value] of Object.entries(x)) {
    const sizes = readSizes(value);
    if (sizes === null) return null;
    sessions[session] = sizes;
  }
  return sessions;
}

function readLicence(x: unknown): CatalogueEntry['licence'] | null {
  if (!isObject(x) || !isText(x['name']) || !isText(x['url']) || !x['url'].startsWith('https://')) return null;
  return { name: x['name'], url: x['url'], nonCommercial: x['nonCommercial'] === true };
}

/** One entry of a catalogue file, or the field that is wrong. */
function readEntry(x: unknown): Result<CatalogueEntry> {
  const wrong = (field: string): Result<CatalogueEntry> =>
    fail(
      fault('unreadable', `The catalogue entry ${isObject(x) ? String(x['id']) : ''} has no valid ${field}.`, {
        field,
      }),
    );
  if (!isObject(x) || !isText(x['id']) || !isRepository(x['id'])) return wrong('id (owner/name)');
  const kind = KINDS.find((k) => k === x['kind']);
  if (!kind) return wrong('kind');
  const { modelType, parameters, revision, notes } = x;
  if (modelType !== null && !isText(modelType)) return wrong('modelType');
  if (parameters !== null && !isCount(parameters)) return wrong('parameters');
  if (revision !== null && !(isText(revision) && /^[0-9a-f]{40}$/.test(revision))) return wrong('revision');
  const licence = readLicence(x['licence']);
  if (!licence) return wrong('licence');
  const sizes = readSessions(x['sizes']);
  if (!sizes) return wrong('sizes');
  const total = readSizes(x['total']);
  if (!total) return wrong('total');
  if (!Array.isArray(notes) || !notes.every(isText)) return wrong('notes');
  return ok({ id: x['id'], kind, modelType, parameters, licence, revision, sizes, total, notes });
}

/** A catalogue file: `{format: "lookalike-catalogue/1", models: [...]}`. The first wrong entry refuses the file. */
export function readCatalogue(x: unknown): Result<readonly CatalogueEntry[]> {
  if (!isObject(x) || x['format'] !== 'lookalike-catalogue/1' || !Array.isArray(x['models']))
    return fail(fault('unreadable', 'This is not a catalogue file (format lookalike-catalogue/1).'));
  const entries: CatalogueEntry[] = [];
  for (const item of x['models']) {
    const entry = readEntry(item);
    if (!entry.ok) return entry;
    if (entries.some((e) => e.id === entry.value.id))
      return fail(fault('unreadable', `The catalogue names ${entry.value.id} twice.`));
    entries.push(entry.value);
  }
  return ok(entries);
}

/** The models that Lookalike knows of. */
export function builtInCatalogue(): Result<readonly CatalogueEntry[]> {
  return readCatalogue(builtIn);
}

/** An entry for a repository that the user names; the hub tells the rest. */
export function userEntry(id: string): Result<CatalogueEntry> {
  const trimmed = id
    .trim()
    .replace(/^https?:\/\/[^/]+\//, '')
    .replace(/\/(tree|blob)\/.*$/, '')
    .replace(/\/$/, '');
  if (!isRepository(trimmed))
    return fail(
      fault(
        'bad-argument',
        `"${id}" is not a hub id. Write it as owner/name, such as HuggingFaceTB/SmolVLM-256M-Instruct.`,
      ),
    );
  return ok({
    id: trimmed,
    kind: 'vision-language',
    modelType: null,
    parameters: null,
    licence: { name: 'see the model card', url: `https://huggingface.co/${trimmed}`, nonCommercial: false },
    revision: null,
    sizes: {},
    total: {},
    notes: [],
  });
}
