import type { Discovered } from '../app/discover-categories.ts';
import type { LeftOut, PairToDraft } from '../app/draft-pairs.ts';
import { pairKey, type DraftStatus } from '../core/drafting/draft.ts';
import { VERSION } from '../core/version.ts';
import type { TextFacts } from '../engines/text.ts';
import type { DraftCliRequest } from './draft.ts';
import { namedWriter } from './writer.ts';

/** What a drafting job came to. */
interface SummaryParts {
  readonly facts: TextFacts | null;
  readonly told: readonly string[];
  readonly leftOut: LeftOut;
  readonly toDraft: readonly PairToDraft[];
  readonly pairs: number;
  readonly statuses: ReadonlyMap<string, DraftStatus>;
}

/** The job as summary.json tells it. */
export function summaryOf(request: DraftCliRequest, p: SummaryParts) {
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
    writer: facts && namedWriter(facts),
    settings: request.settings,
    categories: request.categories,
    problems: p.told,
  };
}

/** The job in the words of the terminal. */
export function draftWords(
  s: Readonly<Record<DraftStatus, number>>,
  { short, noCaption }: LeftOut,
  total: number,
): string {
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

/** The found categories in the words of the terminal, with how the list is handed on. */
export function discoveredWords({ captions, categories }: Discovered): string {
  if (categories.length === 0)
    return `The reply on ${captions} captions names no category; it stands in discovered.json.`;
  const list = categories.join(', ');
  return `Categories of ${captions} captions: ${list}\nEdit the list and draft with --categories "${list}".`;
}
