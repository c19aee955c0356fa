import type { ServerConfig } from '../core/servers/config.ts';
import { costOf, costSentence } from '../core/servers/cost.ts';
import type { RunHandle, RunPhase, RunProgress } from '../run/types.ts';
import type { DriveEvent, Report } from './types.ts';

/** Phases that are told by the outcome, not as progress. */
const ENDS: ReadonlySet<string> = new Set(['done', 'stopped', 'failed']);

/**
 * Passes on what happens: records as lines, messages once, progress as it changes.
 * @param options.records whether records are lines of a results folder
 */
export function listen(handle: RunHandle, report: Report, { records = true } = {}): void {
  let told = 0;
  if (records)
    handle.onRecords((made) =>
      report({ type: 'append', path: 'records.jsonl', lines: made.map((r) => JSON.stringify(r)) }),
    );
  const spending = createSpending(handle.config.server ?? null);
  handle.subscribe((p) => {
    for (const text of spending(p)) report({ type: 'message', text });
    for (const text of p.messages.slice(told)) report({ type: 'message', text });
    told = p.messages.length;
    if (!ENDS.has(p.phase.kind)) report(progressEvent(p));
  });
}

/** Says what a server has cost and will: once a tenth of the questions. */
function createSpending(server: ServerConfig | null): (p: RunProgress) => readonly string[] {
  let told = 0;
  return ({ questions: { done, total }, kept, work }) => {
    const tenth = total === 0 ? 0 : Math.floor((10 * done) / total);
    if (server === null || tenth <= told) return [];
    told = tenth;
    const said = costSentence(costOf(work, server.prices), { done, total, kept });
    return said === null ? [] : [said];
  };
}

function progressEvent({ phase, stage, questions, answers }: RunProgress): DriveEvent {
  const judging = stage === 'judging';
  return {
    type: 'progress',
    what: words(phase),
    unit: judging ? 'answers' : 'questions',
    ...(judging ? answers : questions),
  };
}

/** What goes on, in words: `image 3 of 9`, `loading the model (WASM)`. */
function words(phase: RunPhase): string {
  if (!('what' in phase)) return phase.kind;
  return phase.kind === 'scoring' || phase.kind === 'waiting' ? phase.what : `${phase.kind} ${phase.what}`;
}
