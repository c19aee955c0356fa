/** `verify-review`: proves that an exported trail is what was written, or names the first line that is not. */
import { typescript } from '../cli/source.mjs';
import { hash, trailText } from '../curate/trails.mjs';
import { note } from '../say.mjs';

/**
 * @param {{}} _values
 * @param {readonly string[]} files
 * @param {import('../cli/types.ts').Call} call
 */
async function run(_values, files, { here }) {
  await typescript();
  const { verifyTrail } = await import('../../src/core/review/chain.ts');
  let broken = 0;
  for (const path of files) {
    const result = await verifyTrail(trailText(path, here), hash);
    if (result.ok) {
      const [opening] = result.events;
      const who = opening?.kind === 'open' ? `${opening.reviewer} (${opening.role})` : 'nobody';
      process.stdout.write(
        `${path}: whole. ${result.events.length} events by ${who}, none changed, removed or exchanged. Head ${result.head}.\n`,
      );
    } else {
      broken++;
      note(`${path}: broken (${result.broken.kind}). ${result.broken.message}`);
    }
  }
  return broken > 0 ? 1 : 0;
}

/** @satisfies {import('../cli/types.ts').Command<{}>} */
export const command = {
  name: 'verify-review',
  summary: 'proves that an exported review trail is whole, or names the first broken line',
  about:
    'Every event of a trail holds the hash of the one before, and a seal closes it: a changed byte, a removed line, exchanged lines and a cut end are found. What it cannot find is a trail that somebody wrote anew from its beginning; keep the printed head elsewhere against that.',
  positionals: { value: 'FILE', meaning: 'trails as exported (JSON Lines)', least: 1, most: 100 },
  options: () => ({}),
  notes: 'Exit codes: 0 every trail is whole; 1 a trail is broken; 2 wrong arguments or no such file.',
  run,
};
