import { draftPatterns, type DraftedPatterns } from '../app/draft-patterns.ts';
import { openWriter } from '../app/writer.ts';
import { patternPrompt, type PatternPair } from '../core/drafting/patterns.ts';
import { emptyOverlay, overlayText, withPatterns } from '../core/overlay/overlay.ts';
import { VERSION } from '../core/version.ts';
import type { TextFacts } from '../engines/text.ts';
import { progressOf } from './progress.ts';
import type { DriveContext, OutFile } from './types.ts';
import { namedWriter, withWriter, type WriterRequest } from './writer.ts';

/** Failure patterns as the command line asks for them: the pairs are read there, since no image is needed. */
export interface PatternsCliRequest extends WriterRequest {
  readonly benchmark: { readonly name: string; readonly sha256: string };
  readonly pairs: readonly PatternPair[];
  readonly atOnce: number;
  readonly maxTokens: number;
  readonly command: string;
}

export interface PatternsOutcome {
  readonly files: readonly OutFile[];
  readonly words: string;
  /** No reply held a list of patterns. */
  readonly none: boolean;
}

/** Asks a writer for patterns; patterns.json has every reply, overlay.json the patterns to assign. */
export async function patterns(
  request: PatternsCliRequest,
  { control, report }: DriveContext,
): Promise<PatternsOutcome> {
  const prompt = patternPrompt(request.pairs.slice(0, 1).map((p) => ({ ...p, captions: ['', ''] as const })));
  return withWriter(
    request,
    (store, model) => openWriter(store, model, request, prompt),
    async ({ engine, controlTokens }) => {
      for (const text of engine.facts.messages) report({ type: 'message', text });
      const found = await draftPatterns({
        ...{ pairs: request.pairs, writer: engine, controlTokens, signal: control.signal },
        ...{ atOnce: request.atOnce, maxTokens: request.maxTokens },
        says: (done, total) => report(progressOf({ what: 'looking for patterns', unit: 'pairs', done, total })),
      });
      return { files: filesOf(request, found, engine.facts), words: wordsOf(found), none: found.patterns.length === 0 };
    },
  );
}

function filesOf(
  { benchmark, command, maxTokens }: PatternsCliRequest,
  found: DraftedPatterns,
  facts: TextFacts,
): readonly OutFile[] {
  const told = {
    ...{ format: 'lookalike-patterns/1', lookalike: VERSION, command, benchmark },
    ...{ writer: namedWriter(facts), prompt: 'A.3', maxTokens, ...found },
  };
  return [
    { path: 'patterns.json', text: `${JSON.stringify(told, null, 2)}\n` },
    { path: 'overlay.json', text: overlayText(withPatterns(emptyOverlay(benchmark), found.patterns), { pairs: [] }) },
  ];
}

function wordsOf({ patterns: found, replies, leftOut }: DraftedPatterns): string {
  const lines = found.map((p, i) => `${i + 1}. ${p.name}${p.meaning === '' ? '' : `: ${p.meaning}`}`);
  const unasked = replies.filter((r) => r.reply === null);
  return [
    ...(found.length > 0 ? lines : ['No reply held a list of patterns; patterns.json has the replies.']),
    ...leftOut.map((l) => `Pair ${l.pair} was not sent: ${l.reason}`),
    ...unasked.map((r) => `Pair ${r.pairs.join(', ')} could not be asked about: ${r.problem ?? ''}`),
  ].join('\n');
}
