/** Exported review trails: read, and proved to be whole. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { wrong } from '../cli/kinds.mjs';
import { Stop } from '../say.mjs';

/** @typedef {import('../../src/core/drafting/draft.ts').Draft} Draft */

/** SHA-256 of a text in UTF-8, hex. */
export const hash = async (/** @type {string} */ text) => createHash('sha256').update(text, 'utf8').digest('hex');

/**
 * The text of a trail.
 * @param {string} path as typed
 * @param {string} here
 */
export function trailText(path, here) {
  const file = resolve(here, path);
  if (!existsSync(file)) throw new Stop(`There is no file ${path}.`, 2);
  if (statSync(file).isDirectory()) throw new Stop(`${path} is a folder; name the trail in it.`, 2);
  return readFileSync(file, 'utf8');
}

/**
 * The trails, each proved and of these drafts.
 * @param {readonly string[]} paths
 * @param {readonly Draft[]} drafts
 * @param {string} here
 */
export async function trailsOf(paths, drafts, here) {
  const { verifyTrail } = await import('../../src/core/review/chain.ts');
  const { reviewed } = await import('../../src/core/review/resolve.ts');
  const { draftsHash } = await import('../../src/core/review/subject.ts');
  const subject = await draftsHash(drafts, hash);
  const trails = [];
  for (const path of paths) {
    const result = await verifyTrail(trailText(path, here), hash);
    if (!result.ok) throw new Stop(`${path} is broken (${result.broken.kind}). ${result.broken.message}`, 2);
    const trail = reviewed(drafts, result.events);
    if (trail === null) throw new Stop(`${path} holds no review.`, 2);
    if (trail.opening.drafts !== subject)
      throw new Stop(`${path} is a review of other drafts than these. Name the drafts.jsonl that was reviewed.`, 2);
    const twin = trails.findIndex(
      (t) => t.opening.reviewer === trail.opening.reviewer && t.opening.role === trail.opening.role,
    );
    if (twin >= 0)
      throw new Stop(
        `${path} and ${paths[twin]} are both trails of ${trail.opening.reviewer}. Name each reviewer once.`,
        2,
      );
    trails.push(trail);
  }
  if (!trails.some((t) => t.opening.role === 'reviewer'))
    throw wrong("--reviews names an adjudicator's trail only; name those of the reviewers too.");
  return trails;
}
