import { draftPatterns, failedPairs, patternPairs, type DraftedPatterns } from '../../app/draft-patterns.ts';
import { findText, openWriter } from '../../app/writer.ts';
import { PATTERN_PAIRS, patternPrompt } from '../../core/drafting/patterns.ts';
import { fault, FaultError, toFault, type Fault } from '../../core/fault.ts';
import { BUILTIN_WRITER } from '../../core/models/builtin.ts';
import type { Subject } from '../../core/reports/subject.ts';
import { library } from '../shared/library.svelte.ts';
import { textChoice } from '../shared/servers.svelte.ts';

type Doing = { readonly what: string; readonly done: number; readonly total: number };

/** Longest reply in tokens, as the command line has it. */
const MAX_TOKENS = 1024;

/** Looks for failure patterns of a run's failed pairs with a text model. */
export class PatternDrafting {
  writer = $state(BUILTIN_WRITER);
  doing = $state.raw<Doing | null>(null);
  problem = $state.raw<Fault | null>(null);
  /** Of the last look. */
  found = $state.raw<DraftedPatterns | null>(null);
  #abort: AbortController | null = null;

  /** @returns what was found; null where it was stopped or failed, which `problem` then says */
  async draft(subject: Subject): Promise<DraftedPatterns | null> {
    if (this.doing) return null;
    [this.problem, this.found] = [null, null];
    this.doing = { what: 'Loading the text model', done: 0, total: 0 };
    const { signal } = (this.#abort = new AbortController());
    try {
      this.found = await this.#ask(subject, signal);
    } catch (e) {
      const wrong = toFault(e);
      if (wrong.code !== 'stopped') this.problem = wrong;
    }
    this.doing = null;
    return this.found;
  }

  async #ask(subject: Subject, signal: AbortSignal): Promise<DraftedPatterns> {
    const pairs = patternPairs(failedPairs(subject));
    const [first] = pairs;
    if (!first) throw new FaultError(fault('bad-argument', 'This run fails no pair: there is no pattern to look for.'));
    const store = await library.opened();
    const model = await findText(store, textChoice(this.writer));
    const wish = { device: 'auto', dtype: 'auto', threads: 'auto' } as const;
    const probe = patternPrompt([{ ...first, captions: ['', ''] }]);
    const { engine, controlTokens } = await openWriter(store, model, wish, probe);
    try {
      return await draftPatterns({
        ...{ pairs, writer: engine, controlTokens, atOnce: PATTERN_PAIRS, maxTokens: MAX_TOKENS, signal },
        says: (done, total) => (this.doing = { what: 'Looking for patterns', done, total }),
      });
    } finally {
      engine.end();
    }
  }

  stop(): void {
    this.#abort?.abort();
  }
}
