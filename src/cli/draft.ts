import { draftable, draftPairs, type AssignedCategory, type PairToDraft } from '../app/draft-pairs.ts';
import { discoverCategories } from '../app/discover-categories.ts';
import { openDrafter } from '../app/writer.ts';
import { pairKey, type Draft, type DraftSettings, type DraftStatus } from '../core/drafting/draft.ts';
import { readPairsFile } from '../core/drafting/pairs-file.ts';
import { fault, FaultError, orThrow } from '../core/fault.ts';
import { VERSION } from '../core/version.ts';
import type { TextFacts } from '../engines/text.ts';
import { discoveredWords, draftWords, summaryOf } from './draft-summary.ts';
import { pairsToDraft } from './pairs-to-draft.ts';
import { progressSince } from './progress.ts';
import type { DriveContext, OutFile, Report, ServedFolder } from './types.ts';
import { namedWriter, withWriter, type WriterRequest } from './writer.ts';

/** Drafting as the command line asks for it. */
export interface DraftCliRequest extends WriterRequest {
  readonly collection: ServedFolder;
  /** Name and text of the file of pairs. */
  readonly pairs: { readonly name: string; readonly text: string };
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
const COUNTED = {
  drafts: { what: 'Drafting questions', unit: 'pairs' },
  categories: { what: 'Naming categories', unit: 'images' },
} as const;

export async function draft(request: DraftCliRequest, { control, report }: DriveContext): Promise<DraftOutcome> {
  const listed = orThrow(readPairsFile(request.pairs.name, request.pairs.text));
  const wanted = listed.pairs.slice(0, request.limit ?? Infinity);
  const { pairs, problems } = await pairsToDraft(request.collection, wanted, request.pairs.name, control.signal);
  const told = [...listed.problems.map((p) => `${request.pairs.name}, line ${p.line}: ${p.message}`), ...problems];
  for (const text of told.slice(0, NAMED)) report({ type: 'message', text: `  ${text}` });
  if (told.length > NAMED) report({ type: 'message', text: `  and ${told.length - NAMED} more (summary.json).` });
  if (request.discover) return discovered(request, pairs, control.signal);
  const { pairs: toDraft, leftOut } = draftable(pairs, request.minCaption);
  const statuses = new Map(Object.entries(request.earlier.statuses));
  const open = toDraft.filter((p) => !statuses.has(pairKey(p)));
  let facts: TextFacts | null = null;
  if (open.length > 0) facts = await drafted(request, pairs, open, statuses, { control, report });
  const summary = summaryOf(request, { facts, told, leftOut, toDraft, pairs: wanted.length, statuses });
  return {
    files: [{ path: 'summary.json', text: `${JSON.stringify(summary, null, 2)}\n` }],
    failed: problems.length + (summary.statuses.invalid + summary.statuses.unreadable + summary.statuses.refused),
    words: draftWords(summary.statuses, leftOut, toDraft.length),
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
  return withWriter(
    request,
    (store, model) => openDrafter(store, model, request, first.captions),
    async (writer) => {
      const captions = pairs.flatMap((p) => p.captions);
      const found = await discoverCategories(captions, writer, signal);
      const named = { ...found, writer: namedWriter(writer.engine.facts) };
      const file = { format: 'lookalike-categories/1', lookalike: VERSION, ...named };
      return {
        files: [{ path: 'discovered.json', text: `${JSON.stringify(file, null, 2)}\n` }],
        failed: found.categories.length === 0 ? 1 : 0,
        words: discoveredWords(found),
      };
    },
  );
}

/** Loads the writer and drafts what is open, each draft a line of drafts.jsonl before the next is begun. */
async function drafted(
  request: DraftCliRequest,
  pairs: readonly PairToDraft[],
  open: readonly PairToDraft[],
  statuses: Map<string, DraftStatus>,
  { control, report }: DriveContext,
): Promise<TextFacts> {
  const [first] = open;
  if (!first) throw new FaultError(fault('internal', 'There is no pair to draft.'));
  const began = performance.now();
  return withWriter(
    request,
    (store, model) => openDrafter(store, model, request, first.captions),
    async ({ engine, controlTokens }) => {
      sameWriter(request.earlier.writer, engine.facts.sha256);
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
        says: (what, done, total) => report(progressSince(began, { ...COUNTED[what], done, total })),
      });
      return engine.facts;
    },
  );
}

function append(report: Report, path: string, line: Draft | AssignedCategory): void {
  report({ type: 'append', path, lines: [JSON.stringify(line)] });
}

function sameWriter(before: string | null, now: string): void {
  if (before === null || before === now) return;
  throw new FaultError(
    fault(
      'another-run',
      `The drafts in the folder are of another writer (${before.slice(0, 12)}, now ${now.slice(0, 12)}). Name another --out for this one.`,
      { before, now },
    ),
  );
}
