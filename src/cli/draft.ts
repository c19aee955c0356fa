import { draftable, draftPairs, type AssignedCategory, type LeftOut, type PairToDraft } from '../app/draft-pairs.ts';
import { discoverCategories } from '../app/discover-categories.ts';
import { readCollectionFolder } from '../app/read-collection.ts';
import { findText, openDrafter, type OpenWriter } from '../app/writer.ts';
import { captionPaths } from '../core/discovery/collection.ts';
import { pairKey, writerKey, type Draft, type DraftSettings, type DraftStatus } from '../core/drafting/draft.ts';
import { readPairsFile, type ListedPair } from '../core/drafting/pairs-file.ts';
import { fault, FaultError } from '../core/fault.ts';
import { VERSION } from '../core/version.ts';
import { openStore } from '../store/db.ts';
import { servedFiles } from '../files/served.ts';
import { textChoice } from './data.ts';
import type { DriveContext, NamedText, OutFile, Report, ServedFolder } from './types.ts';

/** Drafting as the command line asks for it. */
export interface DraftCliRequest {
  readonly collection: ServedFolder;
  /** Name and text of the file of pairs. */
  readonly pairs: { readonly name: string; readonly text: string };
  readonly writer: NamedText;
  readonly device: 'auto' | 'webgpu' | 'wasm';
  readonly dtype: string;
  readonly threads: number | 'auto';
  readonly settings: DraftSettings;
  readonly minCaption: number;
  readonly limit: number | null;
  /** null: the collection's own. */
  readonly categories: readonly string[] | null;
  /** Ask for categories of the captions (A.2), and draft nothing. */
  readonly discover: boolean;
  /** What an earlier part of the job left: its drafts' pairs and writers, and categories by image. */
  readonly earlier: {
    readonly statuses: Readonly<Record<string, DraftStatus>>;
    readonly writer: string | null;
    readonly categories: Readonly<Record<string, string | null>>;
  };
  readonly command: string;
}

export interface DraftOutcome {
  readonly files: readonly OutFile[];
  /** Pairs without a draft that can be reviewed, the published filter and equal captions aside. */
  readonly failed: number;
  readonly words: string;
}

const NAMED = 20;

export async function draft(request: DraftCliRequest, { control, report }: DriveContext): Promise<DraftOutcome> {
  const listed = readPairsFile(request.pairs.name, request.pairs.text);
  if (!listed.ok) throw new FaultError(listed.fault);
  const wanted = listed.value.pairs.slice(0, request.limit ?? Infinity);
  const { pairs, problems } = await findPairs(request.collection, wanted, request.pairs.name, control.signal);
  const told = [
    ...listed.value.problems.map((p) => `${request.pairs.name}, line ${p.line}: ${p.message}`),
    ...problems,
  ];
  for (const text of told.slice(0, NAMED)) report({ type: 'message', text: `  ${text}` });
  if (told.length > NAMED) report({ type: 'message', text: `  and ${told.length - NAMED} more (summary.json).` });
  if (request.discover) return discovered(request, pairs, control.signal);
  const { pairs: toDraft, leftOut } = draftable(pairs, request.minCaption);
  const statuses = new Map(Object.entries(request.earlier.statuses));
  const open = toDraft.filter((p) => !statuses.has(pairKey(p)));
  let facts: OpenWriter['engine']['facts'] | null = null;
  if (open.length > 0) facts = await drafted(request, pairs, open, statuses, { control, report });
  const summary = summaryOf(request, { facts, told, leftOut, toDraft, pairs: wanted.length, statuses });
  return {
    files: [{ path: 'summary.json', text: `${JSON.stringify(summary, null, 2)}\n` }],
    failed: problems.length + (summary.statuses.invalid + summary.statuses.unreadable + summary.statuses.refused),
    words: wordsOf(summary.statuses, leftOut, toDraft.length),
  };
}

/** Categories of the captions as the writer names them: a list to be edited. */
async function discovered(
  request: DraftCliRequest,
  pairs: readonly PairToDraft[],
  signal: AbortSignal,
): Promise<DraftOutcome> {
  const [first] = pairs;
  if (!first) throw new FaultError(fault('bad-argument', 'There is no pair whose captions could be read.'));
  const store = await openStore();
  try {
    const model = await findText(store, textChoice(request.writer));
    const writer = await openDrafter(store, model, request, first.captions);
    try {
      const found = await discoverCategories(
        pairs.flatMap((p) => p.captions),
        writer,
        signal,
      );
      const { id, sha256, dtype, device } = writer.engine.facts;
      const file = {
        format: 'lookalike-categories/1',
        lookalike: VERSION,
        ...found,
        writer: { id, sha256, dtype, device },
      };
      const none = found.categories.length === 0;
      return {
        files: [{ path: 'discovered.json', text: `${JSON.stringify(file, null, 2)}\n` }],
        failed: none ? 1 : 0,
        words: none
          ? `The reply on ${found.captions} captions names no category; it stands in discovered.json.`
          : `Categories of ${found.captions} captions: ${found.categories.join(', ')}\nEdit the list and draft with --categories "${found.categories.join(', ')}".`,
      };
    } finally {
      writer.engine.end();
    }
  } finally {
    store.close();
  }
}

/** Loads the writer and drafts what is open, each draft a line of drafts.jsonl before the next is begun. */
async function drafted(
  request: DraftCliRequest,
  pairs: readonly PairToDraft[],
  open: readonly PairToDraft[],
  statuses: Map<string, DraftStatus>,
  { control, report }: DriveContext,
): Promise<OpenWriter['engine']['facts']> {
  const [first] = open;
  if (!first) throw new FaultError(fault('internal', 'There is no pair to draft.'));
  const store = await openStore();
  const began = performance.now();
  try {
    const model = await findText(store, textChoice(request.writer));
    const { engine, controlTokens } = await openDrafter(store, model, request, first.captions);
    try {
      sameWriter(request.earlier.writer, writerKey(engine.facts));
      for (const text of engine.facts.messages) report({ type: 'message', text });
      await draftPairs({
        ...{ pairs, writer: engine, controlTokens, settings: request.settings, minCaption: request.minCaption },
        categories: request.categories,
        done: new Set(statuses.keys()),
        known: new Map(Object.entries(request.earlier.categories)),
        signal: control.signal,
        keep: (d) => {
          statuses.set(pairKey(d), d.status);
          append(report, 'drafts.jsonl', d);
          for (const text of d.warnings) report({ type: 'message', text: `  ${d.image_1}, ${d.image_2}: ${text}` });
          if (d.status === 'refused')
            report({ type: 'message', text: `  ${d.image_1}, ${d.image_2}: ${d.reason ?? ''}` });
        },
        keepCategory: (c) => append(report, 'categories.jsonl', c),
        says: (what, done, total) => report(progressEvent(what, done, total, began)),
      });
    } finally {
      engine.end();
    }
    return engine.facts;
  } finally {
    store.close();
  }
}

function append(report: Report, path: string, line: Draft | AssignedCategory): void {
  report({ type: 'append', path, lines: [JSON.stringify(line)] });
}

const shortKey = (key: string): string => (/^[0-9a-f]{64}$/.test(key) ? key.slice(0, 12) : key);

function sameWriter(before: string | null, now: string): void {
  if (before === null || before === now) return;
  throw new FaultError(
    fault(
      'another-run',
      `The drafts in the folder are of another writer (${shortKey(before)}, now ${shortKey(now)}). Name another --out for this one.`,
      { before, now },
    ),
  );
}

function progressEvent(what: 'drafts' | 'categories', done: number, total: number, began: number) {
  const rate = done > 0 ? done / ((performance.now() - began) / 1000) : null;
  const secondsLeft = rate === null || rate === 0 ? null : (total - done) / rate;
  const words = what === 'drafts' ? 'Drafting questions' : 'Naming categories';
  const unit = what === 'drafts' ? 'pairs' : 'images';
  return { type: 'progress', what: words, unit, done, total, failed: 0, rate, secondsLeft } as const;
}

/** The pairs with what the collection says of their images; only those images are read. */
async function findPairs(
  { base, name }: ServedFolder,
  listed: readonly ListedPair[],
  file: string,
  signal: AbortSignal,
): Promise<{ pairs: readonly PairToDraft[]; problems: readonly string[] }> {
  const served = await servedFiles(base);
  const paths = served.map((f) => f.path);
  const wanted = new Set(listed.flatMap((p) => [p.image_1, p.image_2]));
  const texts = new Set(captionPaths(paths));
  const needed = served.filter((f) => wanted.has(f.path) || texts.has(f.path));
  if (!needed.some((f) => wanted.has(f.path)))
    throw new FaultError(
      fault(
        'not-found',
        `None of the images of ${file} is in the collection ${name}. Name the folder in which the pairs were found.`,
      ),
    );
  const read = await readCollectionFolder(name, needed, { signal });
  const images = new Map(read.images.map((i) => [i.path, i]));
  const problems: string[] = [];
  const pairs = listed.flatMap((p): PairToDraft[] => {
    const [one, two] = [images.get(p.image_1), images.get(p.image_2)];
    if (one && two) {
      const categories = [one.category, two.category].map((c) => (c === null ? [] : c.split(', ')));
      return [
        {
          ...{ image_1: p.image_1, image_2: p.image_2, sim_med: p.sim_med, sim_gen: p.sim_gen },
          sha256: [one.sha256, two.sha256],
          captions: [one.caption, two.caption],
          categories: [categories[0] ?? [], categories[1] ?? []],
        },
      ];
    }
    problems.push(`${file}, line ${p.line}: the image ${one ? p.image_2 : p.image_1} is not in the collection.`);
    return [];
  });
  return { pairs, problems };
}

interface SummaryParts {
  readonly facts: OpenWriter['engine']['facts'] | null;
  readonly told: readonly string[];
  readonly leftOut: LeftOut;
  readonly toDraft: readonly PairToDraft[];
  readonly pairs: number;
  readonly statuses: ReadonlyMap<string, DraftStatus>;
}

function summaryOf(request: DraftCliRequest, p: SummaryParts) {
  const of = (status: DraftStatus): number => p.toDraft.filter((x) => p.statuses.get(pairKey(x)) === status).length;
  const { facts } = p;
  return {
    format: 'lookalike-drafts/1',
    lookalike: VERSION,
    command: request.command,
    collection: request.collection.name,
    pairs: p.pairs,
    leftOut: { ...p.leftOut, minCaption: request.minCaption },
    statuses: {
      valid: of('valid'),
      none: of('none'),
      invalid: of('invalid'),
      unreadable: of('unreadable'),
      refused: of('refused'),
    },
    writer: facts && { id: facts.id, sha256: facts.sha256, dtype: facts.dtype, device: facts.device },
    settings: request.settings,
    categories: request.categories,
    problems: p.told,
  };
}

function wordsOf(s: Readonly<Record<DraftStatus, number>>, { short, noCaption }: LeftOut, total: number): string {
  const left = short + noCaption;
  const rest = [
    s.none > 0 ? `${s.none} without a difference` : '',
    s.invalid > 0 ? `${s.invalid} against the rules` : '',
    s.unreadable > 0 ? `${s.unreadable} unreadable` : '',
    s.refused > 0 ? `${s.refused} refused for their captions` : '',
  ].filter((w) => w !== '');
  return [
    `${total} pairs: ${s.valid} questions drafted${rest.map((w) => `, ${w}`).join('')}.`,
    ...(left > 0 ? [`${left} more pairs left out: ${short} with a short caption, ${noCaption} without one.`] : []),
  ].join('\n');
}
