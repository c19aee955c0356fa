/** `npm run evaluate`: the page's own run, driven in headless Chromium; writes a results folder and prints the tables. */
import { dirname, join, resolve } from 'node:path';
import { HELP, parseEvaluate } from './args.mjs';
import { driveRun } from './drive.mjs';
import { withHashes } from './hashes.mjs';
import { benchmarkFolder, modelFolder, optionalFolder, paraphraseChoice, promptChoice, readImport } from './inputs.mjs';
import { defaultOut, openOut, removeIfEmpty } from './out.mjs';
import { createReporter } from './progress.mjs';
import { runMain } from './say.mjs';
import { mountFolder, serve } from './server.mjs';
import { ROOT, ensureBuilt, ensureChromium, ensureInstalled } from './setup.mjs';

/** Paths are meant from where the person stands; npm goes to the package's root and keeps that place in INIT_CWD. */
const HERE = (process.env['npm_lifecycle_event'] === 'evaluate' && process.env['INIT_CWD']) || process.cwd();

/** Gap between a judge's scores that decides, as published (src/core/scoring/ff.ts). */
const FF_GAP = 3;

/** @typedef {import('../src/drive/types.ts').DriveRequest} DriveRequest */

/**
 * Checks every input that can be checked without a browser, and says what to serve and to ask of the page.
 * @param {import('./args.mjs').EvaluateArgs} args
 * @param {readonly string[]} argv
 */
async function prepare(args, argv) {
  const benchmark = benchmarkFolder(args.benchmark, HERE);
  const prompts = promptChoice(args.prompts, HERE);
  const shots = optionalFolder('shots', args.shots, HERE);
  const judge = args.judge === 'self' ? null : optionalFolder('judge', args.judge, HERE);
  const imported =
    args.importFiles.length === 0
      ? null
      : { files: args.importFiles.map((file) => readImport(file, HERE)), acceptPartial: args.acceptPartial };
  const model = imported === null ? await modelFolder(args.model, args.dtype, HERE) : null;
  const out = resolve(
    HERE,
    args.out ?? defaultOut(new Date(), benchmark.name, model?.name ?? imported?.files[0]?.name ?? 'import'),
  );
  const earlier = openOut(out, args.resume);
  /** @type {DriveRequest} */
  const request = {
    benchmark: { base: 'drive/benchmark/', name: benchmark.name },
    model: model && { base: 'drive/model/', name: model.name, revision: model.revision },
    methods: args.methods,
    prompts,
    shots: shots && { base: 'drive/shots/', name: shots.name },
    judge: args.judge === 'self' ? 'self' : judge && { base: 'drive/judge/', name: judge.name },
    paraphrases: paraphraseChoice(args.paraphrases, HERE),
    reading: { mcParser: args.mcParser, ffGap: FF_GAP },
    device: args.device,
    dtype: args.dtype,
    threads: args.threads,
    limit: args.limit,
    allowUncertified: args.allowUncertified,
    command: [
      'npm run evaluate --',
      ...argv.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : JSON.stringify(arg))),
    ].join(' '),
    resume: earlier,
    imported,
  };
  return { benchmark, model, shots, judge, out, request };
}

/**
 * A model folder with a list that says its name and what each file hashes to.
 * @param {string} prefix
 * @param {{dir: string, name: string, revision: string | null}} model
 */
async function mountModel(prefix, { dir, name, revision }) {
  const mount = await mountFolder(prefix, dir);
  const files = await withHashes(dir, mount.files, join(ROOT, '.cache', 'hashes.json'));
  return { ...mount, index: JSON.stringify({ name, revision, files }) };
}

async function main() {
  const argv = process.argv.slice(2);
  const args = parseEvaluate(argv);
  if (args.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { benchmark, model, shots, judge, out, request } = await prepare(args, argv);
  try {
    await ensureInstalled();
    const root = await ensureBuilt();
    const executable = await ensureChromium();
    const mounts = [await mountFolder('drive/benchmark', benchmark.dir)];
    if (model) mounts.push(await mountModel('drive/model', model));
    if (judge) mounts.push(await mountModel('drive/judge', judge));
    if (shots) mounts.push(await mountFolder('drive/shots', shots.dir));
    const server = await serve({ root, port: 0, mounts });
    try {
      return await driveRun({ url: server.url, executable, request, out, reporter: createReporter(process.stderr) });
    } finally {
      await server.close();
    }
  } finally {
    removeIfEmpty(out);
    if (args.out === null) removeIfEmpty(dirname(out));
  }
}

// `npm run evaluate | head` ends the reader early: that is no fault of the run.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
await runMain(main);
