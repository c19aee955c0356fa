import { captionFault, pairWarnings } from '../core/drafting/captions.ts';
import { readCategory } from '../core/drafting/categories.ts';
import {
  pairKey,
  parsedOf,
  type Draft,
  type DraftSettings,
  type DraftTry,
  type Writer,
} from '../core/drafting/draft.ts';
import { readReply, type Reading } from '../core/drafting/parse.ts';
import { categoryPrompt, draftPrompt, leftOut, MIN_CAPTION, type ChatPrompt } from '../core/drafting/prompts.ts';
import { canonicalJson } from '../core/exchange/canonical.ts';
import { fault, FaultError, type Result } from '../core/fault.ts';
import type { Generated, Sampling, TextEngine } from '../engines/text.ts';
import { sha256 } from '../store/hash.ts';

/** A pair before it is drafted. */
export interface PairToDraft {
  readonly image_1: string;
  readonly image_2: string;
  readonly sha256: readonly [string, string];
  readonly captions: readonly [string | null, string | null];
  readonly categories: readonly [readonly string[], readonly string[]];
  readonly sim_med: number | null;
  readonly sim_gen: number | null;
}

/** The category of one image, as the writer named it. */
export interface AssignedCategory {
  readonly image: string;
  readonly sha256: string;
  readonly category: string | null;
  readonly reply: string;
  readonly prompt_sha256: string;
}

/** Tries behind the first, greedy one. */
const MORE_TRIES = 3;
/** New tokens of a category's name. */
const CATEGORY_TOKENS = 24;
export const DEFAULT_SETTINGS: DraftSettings = { max_tokens: 256, temperature: 0.7, top_p: 0.95 };

export interface DraftingJob {
  readonly pairs: readonly PairToDraft[];
  readonly writer: Pick<TextEngine, 'facts' | 'generate'>;
  readonly controlTokens: readonly string[];
  readonly settings: DraftSettings;
  readonly minCaption?: number;
  /** The list that images are assigned to; null: categories stay as the collection has them. */
  readonly categories: readonly string[] | null;
  /** Pairs (`pairKey`) that are drafted already, and categories of images (by SHA-256) that are known. */
  readonly done: ReadonlySet<string>;
  readonly known: ReadonlyMap<string, string | null>;
  readonly signal: AbortSignal;
  /** Resolves at once, or when a paused job goes on. */
  readonly pass?: () => Promise<void>;
  /** Kept before the next pair is begun. */
  keep(draft: Draft): Promise<void> | void;
  keepCategory(category: AssignedCategory): Promise<void> | void;
  says?(what: 'drafts' | 'categories', done: number, total: number): void;
}

/** Pairs that have no draft because no question is asked on them (section 2 of the paper). */
export interface LeftOut {
  readonly short: number;
  readonly noCaption: number;
}

/** The pairs that a question is drafted for, and how many are left out for their captions. */
export function draftable<P extends Pick<PairToDraft, 'captions'>>(
  pairs: readonly P[],
  least = MIN_CAPTION,
): { readonly pairs: readonly P[]; readonly leftOut: LeftOut } {
  const reasons = pairs.map((p) => leftOut(p, least));
  const count = (reason: 'short' | 'no-caption'): number => reasons.filter((r) => r === reason).length;
  return {
    pairs: pairs.filter((_, i) => reasons[i] === null),
    leftOut: { short: count('short'), noCaption: count('no-caption') },
  };
}

/**
 * Drafts a question for each pair that has none yet, each kept before the next is begun, so that a kill loses at most the one in hand.
 * @throws FaultError 'stopped', or what kept the writer from answering
 */
export async function draftPairs(job: DraftingJob): Promise<void> {
  const { pairs } = draftable(job.pairs, job.minCaption);
  const categories = await assignCategories(job, pairs);
  let done = 0;
  for (const pair of pairs) {
    if (!job.done.has(pairKey(pair))) {
      await goOn(job);
      const named = pair.sha256.map((s) => categories.get(s) ?? null);
      const own = job.categories === null ? pair.categories : ([listed(named[0]), listed(named[1])] as const);
      await job.keep(await draftOne({ ...pair, categories: own }, job));
    }
    job.says?.('drafts', ++done, pairs.length);
  }
}

const listed = (category: string | null | undefined): readonly string[] => (category ? [category] : []);

async function goOn(job: Pick<DraftingJob, 'signal' | 'pass'>): Promise<void> {
  await job.pass?.();
  if (job.signal.aborted) throw new FaultError(fault('stopped', 'Drafting was stopped.'));
}

/** Asks the category of each image of the pairs once (A.2). */
async function assignCategories(
  job: DraftingJob,
  pairs: readonly PairToDraft[],
): Promise<ReadonlyMap<string, string | null>> {
  const known = new Map(job.known);
  if (job.categories === null) return known;
  const images = new Map<string, { path: string; caption: string }>();
  for (const p of pairs) {
    images.set(p.sha256[0], { path: p.image_1, caption: p.captions[0] ?? '' });
    images.set(p.sha256[1], { path: p.image_2, caption: p.captions[1] ?? '' });
  }
  let done = 0;
  for (const [hash, { path, caption }] of images) {
    if (!known.has(hash)) {
      await goOn(job);
      const assigned = await assign(hash, path, caption, job, job.categories);
      await job.keepCategory(assigned);
      known.set(hash, assigned.category);
    }
    job.says?.('categories', ++done, images.size);
  }
  return known;
}

async function assign(
  hash: string,
  image: string,
  caption: string,
  job: DraftingJob,
  list: readonly string[],
): Promise<AssignedCategory> {
  const prompt = categoryPrompt(caption, list);
  const base = { image, sha256: hash, prompt_sha256: await promptHash(prompt) };
  if (captionFault(caption, job.controlTokens) !== null) return { ...base, category: null, reply: '' };
  const reply = await ask(job, prompt, CATEGORY_TOKENS, null);
  return reply.ok
    ? { ...base, category: readCategory(reply.value.text, list), reply: reply.value.text }
    : { ...base, category: null, reply: '' };
}

/** SHA-256 of a prompt's canonical JSON: system and user text. */
export async function promptHash(prompt: ChatPrompt): Promise<string> {
  return sha256(new TextEncoder().encode(canonicalJson(prompt)));
}

/**
 * One reply. What is wrong with the prompt itself is a value; what is wrong with the device ends the job.
 * @throws FaultError
 */
async function ask(
  { writer, signal, settings }: Pick<DraftingJob, 'writer' | 'signal' | 'settings'>,
  prompt: ChatPrompt,
  limit: number,
  seed: number | null,
): Promise<Result<Generated>> {
  const sampling: Sampling | null =
    seed === null ? null : { temperature: settings.temperature, topP: settings.top_p, seed };
  const reply = await writer.generate({ prompt, limit, ...(sampling === null ? {} : { sampling }) }, signal);
  if (!reply.ok && reply.fault.code !== 'bad-prompt') throw new FaultError(reply.fault);
  return reply;
}

type Blank = Omit<Draft, 'status' | 'parsed' | 'reason' | 'reply' | 'tries'>;

async function draftOne(pair: PairToDraft, job: DraftingJob): Promise<Draft> {
  const captions = [pair.captions[0] ?? '', pair.captions[1] ?? ''] as const;
  const prompt = draftPrompt(captions);
  const { id, sha256: hash, dtype, device } = job.writer.facts;
  const base = await blank(pair, captions, prompt, { kind: 'model', id, sha256: hash, dtype, device }, job.settings);
  const faults = captions.map((c) => captionFault(c, job.controlTokens));
  const first = faults.findIndex((f) => f !== null);
  if (first >= 0)
    return refused(base, `The caption of image ${first + 1} ${faults[first] ?? ''}; the pair was not sent.`);
  const tries: DraftTry[] = [];
  for (let n = 0; n <= MORE_TRIES; n++) {
    const seed = n === 0 ? null : n;
    const reply = await ask(job, prompt, job.settings.max_tokens, seed);
    if (!reply.ok) return refused(base, reply.fault.message);
    const { text, tokens, ended } = reply.value;
    const draft = judged(base, [...tries, { seed, reply: text, tokens, ended, reason: null }]);
    if (draft.status === 'valid' || draft.status === 'none' || n === MORE_TRIES) return draft;
    tries.splice(0, tries.length, ...draft.tries);
  }
  throw new FaultError(fault('internal', 'A pair was tried without an end.'));
}

async function blank(
  pair: PairToDraft,
  captions: readonly [string, string],
  prompt: ChatPrompt,
  writer: Writer,
  settings: DraftSettings,
): Promise<Blank> {
  const { image_1, image_2, sha256: hashes, categories, sim_med, sim_gen } = pair;
  return {
    format: 'lookalike-draft/1',
    ...{ image_1, image_2, sha256: hashes, captions, categories, sim_med, sim_gen },
    warnings: pairWarnings(captions),
    writer,
    prompt: { name: 'A.1', sha256: await promptHash(prompt) },
    settings,
    drafted_at: new Date().toISOString(),
  };
}

const refused = (base: Blank, reason: string): Draft => ({
  ...base,
  ...{ status: 'refused', parsed: null, reason, reply: null, tries: [] },
});

/** The draft that the last of these tries makes. Equal captions tell no difference, whatever the reply. */
function judged(base: Blank, tries: readonly DraftTry[]): Draft {
  const reply = tries.at(-1)?.reply ?? '';
  const [one, two] = base.captions.map((c) => c.replace(/\s+/g, ' ').trim());
  const reading: Reading = one === two ? { kind: 'none' } : readReply(reply);
  const reason = reasonOf(reading, one === two);
  const status = reading.kind === 'draft' ? 'valid' : reading.kind;
  const said = tries.map((t, i) => (i === tries.length - 1 ? { ...t, reason } : t));
  return { ...base, status, parsed: parsedOf(reading), reason, reply, tries: said };
}

function reasonOf(reading: Reading, same: boolean): string | null {
  if (same) return 'Both images have the same caption: no question can tell them apart.';
  if (reading.kind === 'none') return 'The writer finds nothing that tells the images apart.';
  return reading.kind === 'draft' ? null : reading.message;
}

/** A draft from a reply that a person had elsewhere. */
export async function draftByHand(pair: PairToDraft, reply: string): Promise<Draft> {
  const captions = [pair.captions[0] ?? '', pair.captions[1] ?? ''] as const;
  const base = await blank(pair, captions, draftPrompt(captions), { kind: 'hand' }, DEFAULT_SETTINGS);
  return judged(base, [{ seed: null, reply, tokens: null, ended: null, reason: null }]);
}
