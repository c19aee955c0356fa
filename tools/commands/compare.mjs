/** `compare`: runs of one benchmark side by side, pair by pair, on standard output. No browser is needed. */
import { flag, text } from '../cli/kinds.mjs';
import { note } from '../say.mjs';
import { readSubjects } from '../results/read.mjs';

function options() {
  return {
    benchmark: text('DIR', 'folder of the benchmark, for official files and for results without benchmark.json'),
    overlay: text('FILE', 'failure patterns and flagged pairs, as the page exports them'),
    published: flag("the paper's own rows beside the runs"),
    'accept-partial': flag('take what can be taken of result files that have errors'),
  };
}

/**
 * @param {import('../cli/types.ts').Values<ReturnType<typeof options>>} values
 * @param {readonly string[]} positionals
 * @param {import('../cli/types.ts').Call} call
 */
async function run(values, positionals, { here }) {
  const { subjects, overlay, notes } = await readSubjects(
    positionals,
    { benchmark: values.benchmark, overlay: values.overlay, acceptPartial: values['accept-partial'] },
    here,
  );
  for (const line of notes) note(line);
  const { comparisonText } = await import('../../src/core/reports/compare-text.ts');
  process.stdout.write(comparisonText(subjects, overlay, values.published));
  return 0;
}

/** @satisfies {import('../cli/types.ts').Command<ReturnType<typeof options>>} */
export const command = {
  name: 'compare',
  summary: 'sets runs of one benchmark side by side: McNemar, agreement, and the pairs in which they differ',
  about:
    'Takes results folders, exported zips, and result files of the benchmark’s own code (with --benchmark). Every method that two runs have is compared answer by answer.',
  positionals: { value: 'RESULTS RESULTS ...', meaning: 'the runs to compare, two or more', least: 1, most: 32 },
  options,
  notes: 'Exit codes: 0 compared; 2 wrong arguments, unreadable results, or runs that asked different pairs.',
  run,
};
