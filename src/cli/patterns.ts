import { draftPatterns, type DraftedPatterns } from '../app/draft-patterns.ts';
import { findText, openWriter } from '../app/writer.ts';
import { patternPrompt, type PatternPair } from '../core/drafting/patterns.ts';
import { emptyOverlay, overlayText, withPatterns } from '../core/overlay/overlay.ts';
import { VERSION } from '../core/version.ts';
import type { TextFacts } from '../engines/text.ts';
import { openStore } from '../store/db.ts';
import { textChoice } from './data.ts';
import type { DriveContext, NamedText, OutFile } from './types.ts';

/** Failure patterns as the command line asks for them: the pairs are read there, since no image is needed. */
export interface PatternsCliRequest {
  readonly benchmark: { readonly name: string; readonly sha256: string };
  readonly pairs: readonly PatternPair[];
  readonly writer: NamedText;
  readonly device: 'auto' | 'webgpu' | 'wasm';
  readonly dtype: string;
  readonly threads: number | 'auto';
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
  const store = await openStore();
  try {
    const model = await findText(store, textChoice(request.writer));
    const { engine, controlTokens } = await openWriter(
      store,
      model,
      request,
      patternPrompt(request.pairs.slice(0, 1).map((p) => ({ ...p, captions: ['', ''] as const }))),
    );
    try {
      for (const text of engine.facts.messages) report({ type: 'message', text });
      const found = await draftPatterns({
        ...{ pairs: request.pairs, writer: engine, controlTokens, signal: control.signal },
        ...{ atOnce: request.atOnce, maxTokens: request.maxTokens },
        says: (done, total) =>
          report({
            ...{ type: 'progress', what: 'looking for patterns', unit: 'pairs', done, total },
            ...{ failed: 0, rate: null, secondsLeft: null },
          }),
      });
      return { files: filesOf(request, found, engine.facts), words: wordsOf(found), none: found.patterns.length === 0 };
    } finally {
      engine.end();
    }
  } finally {
    store.close();
  }
}

function filesOf(
  { benchmark, command, maxTokens }: PatternsCliRequest,
  found: DraftedPatterns,
  { id, sha256, dtype, device }: TextFacts,
): readonly OutFile[] {
  const told = {
    ...{ format: 'lookalike-patterns/1', lookalike: VERSION, command, benchmark },
    ...{ writer: { id, sha256, dtype, device }, prompt: 'A.3', maxTokens, ...found },
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
