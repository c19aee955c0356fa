/** `score-answers`: a person scores the free answers of a run, in a table. */
import { readFileSync, existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { text, wrong } from '../cli/kinds.mjs';
import { writeFiles } from '../drive/write.mjs';
import { newFolder, orStop, readResultsFolder } from '../results/folder.mjs';
import { note, Stop } from '../say.mjs';

function options() {
  return {
    scores: text('FILE', 'the table with scores in it; without it, the table is printed'),
    name: text('NAME', 'who gave the scores: a name or initials, which stand beside every score'),
    out: text('DIR', 'new folder of the results with the scores; default: RESULTS itself'),
    benchmark: text('DIR', 'the benchmark, for results of versions that wrote no benchmark.json'),
  };
}

/**
 * @param {import('../cli/types.ts').Values<ReturnType<typeof options>>} values
 * @param {readonly string[]} positionals
 * @param {import('../cli/types.ts').Call} call
 */
async function run(values, [path = ''], { here }) {
  const results = await readResultsFolder(path, values.benchmark, here);
  const { freeAnswers, personName } = await import('../../src/core/methods/free-answers.ts');
  const { answersCsv, readAnswersCsv } = await import('../../src/core/exchange/answers-file.ts');
  const { benchmark, info } = results;
  const answers = freeAnswers(benchmark.pairs, results.records);
  if (answers.length === 0)
    throw new Stop(`${path} has no free answers: they come from the method FF, which this run did not ask.`, 2);
  if (values.scores === null) {
    if (values.name !== null || values.out !== null) throw wrong('--name and --out belong to --scores FILE.');
    process.stdout.write(answersCsv(answers));
    note(`${answers.filter((a) => a.waits).length} of ${answers.length} free answers wait for a judge.`);
    return 0;
  }
  if (values.name === null) throw wrong('--name is missing: every score says who gave it.');
  const person = orStop(personName(values.name));
  const scores = orStop(readAnswersCsv(values.scores, fileText(values.scores, here), answers));
  const { readResultsAnew } = await import('../../src/app/results/reread.ts');
  const { withVerdicts } = await import('../../src/app/person-verdict.ts');
  const { resultsFiles } = await import('../../src/core/exchange/results-folder.ts');
  const judged = withVerdicts(readResultsAnew(results, benchmark, info.reading ?? {}), scores, person);
  const out = placeOf(values.out, results.dir, here);
  const files = resultsFiles(judged.info, benchmark, judged.records);
  writeFiles(out, files);
  process.stdout.write(`${files.find((f) => f.path === 'tables.md')?.text.trimEnd() ?? ''}\n`);
  const waiting = freeAnswers(benchmark.pairs, judged.records).filter((a) => a.waits).length;
  note(`${scores.length} scores by ${person} kept; ${waiting} of ${answers.length} answers wait. Results: ${out}`);
  return waiting === 0 ? 0 : 1;
}

/**
 * @param {string} path as typed
 * @param {string} here
 */
function fileText(path, here) {
  const file = resolve(here, path);
  if (!existsSync(file) || statSync(file).isDirectory()) throw new Stop(`--scores: there is no file ${path}.`, 2);
  return readFileSync(file, 'utf8');
}

/**
 * @param {string | null} out as typed
 * @param {string} dir of the results
 * @param {string} here
 */
function placeOf(out, dir, here) {
  if (out === null && statSync(dir).isFile())
    throw wrong('--out DIR is missing: a zip is left as it is, and the results with the scores need a folder.');
  if (out === null) return dir;
  const folder = resolve(here, out);
  newFolder(folder);
  return folder;
}

/** @satisfies {import('../cli/types.ts').Command<ReturnType<typeof options>>} */
export const command = {
  name: 'score-answers',
  summary: "lets a person score a run's free answers, in a table",
  about:
    'Without --scores, the table of all free answers goes to standard output: question, options, answer, and two empty columns for how close the answer is to each option, 1 (not at all) to 10 (the same). Which option is right is not in it. With --scores, the scores are kept as the page keeps them (Score free answers), and all numbers follow. It needs no browser and no model.',
  positionals: { value: 'RESULTS', meaning: 'a results folder, or an exported zip', least: 1, most: 1 },
  options,
  notes:
    'Exit codes: 0 every answer is judged; 1 some still wait; 2 wrong arguments, or files that cannot be read; 5 results could not be written.',
  run,
};
