import type { UseCase } from './types.ts';

/** Everything that the command line can ask of the page: one line here, one file beside this one. A file is loaded when it is asked for. */
export const USE_CASES = {
  evaluate: async () => (await import('./evaluate.ts')).evaluate,
  import: async () => (await import('./import.ts')).importResults,
  draft: async () => (await import('./draft.ts')).draft,
  replay: async () => (await import('./replay.ts')).replay,
  'render-prompts': async () => (await import('./render-prompts.ts')).renderPrompts,
  'find-pairs': async () => (await import('./find-pairs.ts')).findPairs,
  patterns: async () => (await import('./patterns.ts')).patterns,
  occlude: async () => (await import('./occlude.ts')).occludePairs,
  lint: async () => (await import('./lint.ts')).lint,
} satisfies Readonly<Record<string, () => Promise<UseCase<never, unknown>>>>;

export type UseCaseName = keyof typeof USE_CASES;
type Loaded<N extends UseCaseName> = Awaited<ReturnType<(typeof USE_CASES)[N]>>;
export type RequestOf<N extends UseCaseName> = Parameters<Loaded<N>>[0];
export type OutcomeOf<N extends UseCaseName> = Awaited<ReturnType<Loaded<N>>>;
