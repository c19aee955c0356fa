/**
 * `npm test`: lint, types, unit tests, browser tests; the last line is `N passed, N failed` over all of them, and before it stands what failed.
 * `npm run test:soak` (--soak) runs what takes long, `npm run test:browsers` (--browsers) the demo in Firefox and WebKitGTK.
 */
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Stop, runMain, words } from './say.mjs';
import { ensureInstalled } from './setup/setup.mjs';
import { format, lint, toolTypes, types, typesCanary } from './testing/checks.mjs';
import { ending } from './testing/outcome.mjs';
import { CACHE } from './testing/process.mjs';
import { browser, unit } from './testing/suites.mjs';

/** @typedef {import('./testing/outcome.mjs').Outcome} Outcome */
/** @typedef {readonly [name: string, suite: () => Promise<Outcome>]} Suite */

/** Runs a suite, says how long it took; one that cannot even start is one failure, not the end of the others. */
async function guarded(/** @type {Suite} */ [name, suite]) {
  const from = Date.now();
  try {
    return await suite();
  } catch (error) {
    const why = `${name}: ${words(error)}`;
    process.stdout.write(`${why}\n`);
    return { passed: 0, failed: 1, failures: [why] };
  } finally {
    process.stdout.write(`(${name}: ${((Date.now() - from) / 1000).toFixed(0)} s)\n\n`);
  }
}

/**
 * The suites of a run: stages one after another, in each of them lanes side by side, in each lane suites in order. What reads the code needs one
 * core each, so that two lanes take half the time; what runs it has the machine to itself.
 * @param {{soak?: boolean, browsers?: boolean}} asked
 * @returns {readonly (readonly (readonly Suite[])[])[]}
 */
function stages(asked) {
  if (asked.soak) return [[[['soak', () => browser('soak')]]]];
  if (asked.browsers) return [[[['browsers', () => browser('browsers')]]]];
  return [
    [
      [['lint', lint]],
      [
        ['format', format],
        ['types', types],
        ['tool types', toolTypes],
        ['types canary', typesCanary],
      ],
    ],
    [[['unit', unit]]],
    [[['browser', () => browser('browser')]]],
  ];
}

/** The outcomes of a lane's suites, one after another. */
async function laneOutcomes(/** @type {readonly Suite[]} */ lane) {
  const outcomes = [];
  for (const suite of lane) outcomes.push(await guarded(suite));
  return outcomes;
}

async function main() {
  const options = /** @type {const} */ ({
    soak: { type: 'boolean' },
    browsers: { type: 'boolean' },
    only: { type: 'string' },
  });
  const { values } = parseArgs({ options });
  await ensureInstalled();
  mkdirSync(CACHE, { recursive: true });
  const only = values.only?.split(',');
  const chosen = stages(values).map((stage) =>
    stage.map((lane) => lane.filter(([name]) => only?.includes(name) ?? true)),
  );
  if (chosen.flat(2).length === 0) throw new Stop(`There is nothing to run${only ? ` by the name ${only}` : ''}.`, 2);
  const outcomes = [];
  for (const stage of chosen) outcomes.push(...(await Promise.all(stage.map(laneOutcomes))).flat());
  const total = {
    passed: outcomes.reduce((sum, o) => sum + o.passed, 0),
    failed: outcomes.reduce((sum, o) => sum + o.failed, 0),
    failures: outcomes.flatMap((o) => o.failures),
  };
  process.stdout.write(ending(total));
  return total.failed === 0 ? 0 : 1;
}

await runMain(main);
