/** `report`: runs as one HTML file to read anywhere, or as Markdown, CSV or LaTeX. No browser is needed. */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { UNWRITTEN } from '../cli/exit-code.mjs';
import { count, flag, text, wrong } from '../cli/kinds.mjs';
import { makeFolder } from '../drive/out.mjs';
import { imageReader } from '../results/images.mjs';
import { readSubjects } from '../results/read.mjs';
import { note, Stop, words } from '../say.mjs';

const ENDINGS = ['.html', '.md', '.csv', '.tex'];

function options() {
  return {
    out: text('FILE', `where it is written; its ending says how: ${ENDINGS.join(', ')} (default: report.html)`),
    benchmark: text('DIR', 'folder of the benchmark, for official files, and for results without benchmark.json'),
    overlay: text('FILE', 'failure patterns and flagged pairs, as the page exports them'),
    worst: count('how many of the worst pairs are shown (default: 12)', 12),
    images: flag('show the images of the worst pairs (HTML only): images of patients are then in the file'),
    'accept-partial': flag('take what can be taken of result files that have errors'),
  };
}

/**
 * @param {string | null} out as typed
 * @param {string} here
 */
function target(out, here) {
  const path = resolve(here, out ?? 'report.html');
  const ending = extname(path).toLowerCase();
  if (!ENDINGS.includes(ending)) throw wrong(`--out must end in ${ENDINGS.join(', ')}, not "${ending}".`);
  if (existsSync(path) && statSync(path).isDirectory()) throw new Stop(`--out: ${out} is a folder, not a file.`, 2);
  return { path, ending };
}

/**
 * @param {import('../cli/types.ts').Values<ReturnType<typeof options>>} values
 * @param {readonly string[]} positionals
 * @param {import('../cli/types.ts').Call} call
 */
async function run(values, positionals, { here }) {
  const { path, ending } = target(values.out, here);
  if (values.images && ending !== '.html') throw wrong('--images is for a report that ends in .html.');
  const { subjects, overlay, notes, folders } = await readSubjects(
    positionals,
    { benchmark: values.benchmark, overlay: values.overlay, acceptPartial: values['accept-partial'] },
    here,
  );
  for (const line of notes) note(line);
  const { reportText } = await import('../../src/core/reports/report.ts');
  const { VERSION } = await import('../../src/core/version.ts');
  const images = values.images ? await imageReader(subjects, folders, values.worst) : null;
  for (const line of images?.notes ?? []) note(line);
  const written = reportText(ending.slice(1), subjects, {
    ...{ worst: values.worst, overlay, version: VERSION },
    ...(images === null ? {} : { image: images.image }),
  });
  try {
    makeFolder(dirname(path));
    writeFileSync(path, written);
  } catch (error) {
    throw new Stop(`The report cannot be written to ${path}: ${words(error)}.`, UNWRITTEN);
  }
  process.stdout.write(`${path}\n`);
  return 0;
}

/** @satisfies {import('../cli/types.ts').Command<ReturnType<typeof options>>} */
export const command = {
  name: 'report',
  summary: 'writes one file that says everything of one run or several: HTML, Markdown, CSV or LaTeX',
  about:
    'The HTML needs no script and no network, prints on A4, and holds no image unless --images says so. Takes what compare takes.',
  positionals: { value: 'RESULTS ...', meaning: 'results folders, exported zips, or result files', least: 1, most: 32 },
  options,
  notes: 'Exit codes: 0 written; 2 wrong arguments or unreadable results; 5 the file could not be written.',
  run,
};
