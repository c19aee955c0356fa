/** `merge`: joins results folders of shards, or of one run that went on on other machines, into one. */
import { resolve } from 'node:path';
import { text, wrong } from '../cli/kinds.mjs';
import { typed } from '../cli/typed.mjs';
import { writeFiles } from '../drive/write.mjs';
import { newFolder, orStop, readResultsFolder } from '../results/folder.mjs';
import { note } from '../say.mjs';

function options() {
  return {
    out: text('DIR', 'folder of the joined results; it must be new or empty'),
    benchmark: text('DIR', 'the benchmark, for results of versions that wrote no benchmark.json'),
  };
}

/**
 * @param {import('../cli/types.ts').Values<ReturnType<typeof options>>} values
 * @param {readonly string[]} folders
 * @param {import('../cli/types.ts').Call} call
 */
async function run(values, folders, call) {
  const { here } = call;
  if (values.out === null) throw wrong('--out DIR is missing: the folder of the joined results.');
  const parts = [];
  for (const path of folders) parts.push(await readResultsFolder(path, values.benchmark, here));
  const { mergeParts } = await import('../../src/core/exchange/merge.ts');
  const { resultsFiles } = await import('../../src/core/exchange/results-folder.ts');
  const merged = orStop(mergeParts(parts, typed(call)));
  const out = resolve(here, values.out);
  newFolder(out);
  const files = resultsFiles(merged.info, merged.benchmark, merged.records);
  writeFiles(out, files);
  process.stdout.write(`${files.find((f) => f.path === 'tables.md')?.text.trimEnd() ?? ''}\n`);
  for (const line of [...merged.messages, ...merged.missing]) note(line);
  note(`${merged.records.length} records of ${folders.length} folders. Results: ${out}`);
  return merged.missing.length === 0 ? 0 : 1;
}

/** @satisfies {import('../cli/types.ts').Command<ReturnType<typeof options>>} */
export const command = {
  name: 'merge',
  summary: 'joins results folders of shards, or of one run that went on elsewhere, into one',
  about:
    'All must be parts of one run: the same model files, benchmark, prompts, methods, dtype, kind of device, scoring version and pixel policy. What does not belong together is refused and named. It needs no browser and no model.',
  positionals: { value: 'RESULTS...', meaning: 'results folders, two or more', least: 2, most: 100_000 },
  options,
  notes:
    'Exit codes: 0 the joined run is complete; 1 it is joined, and pairs or answers are missing (named on standard error); 2 the folders do not belong together, or cannot be read; 5 results could not be written.',
  run,
};
