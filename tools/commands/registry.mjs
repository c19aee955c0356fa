/**
 * Every command of the command line, in the order of `lookalike --help`: one line here, one file beside this one, one script in package.json.
 * A file is loaded only when its command runs or the list is asked for.
 */
export const COMMANDS = {
  evaluate: { load: async () => (await import('./evaluate.mjs')).command },
  export: { load: async () => (await import('./export.mjs')).command },
  'score-answers': { load: async () => (await import('./score-answers.mjs')).command },
  bundle: { load: async () => (await import('./bundle.mjs')).command },
  replay: { load: async () => (await import('./replay.mjs')).command },
  merge: { load: async () => (await import('./merge.mjs')).command },
  'find-pairs': { load: async () => (await import('./find-pairs.mjs')).command },
  draft: { load: async () => (await import('./draft.mjs')).command },
  'verify-review': { load: async () => (await import('./verify-review.mjs')).command },
  'build-benchmark': { load: async () => (await import('./build-benchmark.mjs')).command },
  'lint-benchmark': { load: async () => (await import('./lint-benchmark.mjs')).command },
  compare: { load: async () => (await import('./compare.mjs')).command },
  patterns: { load: async () => (await import('./patterns.mjs')).command },
  occlude: { load: async () => (await import('./occlude.mjs')).command },
  report: { load: async () => (await import('./report.mjs')).command },
  start: { load: async () => (await import('./start.mjs')).command },
  'fetch-model': { load: async () => (await import('./fetch-model.mjs')).command },
  conformance: { load: async () => (await import('./conformance.mjs')).command },
  bench: { load: async () => (await import('./bench.mjs')).command },
};
