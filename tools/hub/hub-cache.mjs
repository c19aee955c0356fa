/** Folders of the hub's own cache, as its clients leave them: `models--owner--name/snapshots/COMMIT`, whose files are links into `blobs`. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Stop } from '../say.mjs';

/** @typedef {{dir: string, name: string, revision: string | null}} Cached */

/**
 * The model that a folder of the hub's cache holds, named by its repository. Any folder on the way may be given: the repository's, `snapshots`, or that of a commit.
 * @param {string} option for messages
 * @param {string} dir absolute
 * @returns {Cached | null} null: it is no folder of that cache
 */
export function cachedModel(option, dir) {
  const repository = repositoryOf(basename(dir));
  if (repository !== null) return ofRepository(option, dir, repository);
  const above = dirname(dir);
  const [inside, own] = [repositoryOf(basename(above)), basename(dir)];
  if (own === 'snapshots' && inside !== null) return ofRepository(option, above, inside);
  const commit = basename(above) === 'snapshots' ? repositoryOf(basename(dirname(above))) : null;
  return commit === null ? null : { dir, name: commit, revision: own };
}

/**
 * @param {string} folder such as `models--owner--name`
 * @returns {string | null}
 */
function repositoryOf(folder) {
  const match = /^models--(?:(.+?)--)?(.+)$/.exec(folder);
  if (!match) return null;
  return match[1] === undefined ? (match[2] ?? null) : `${match[1]}/${match[2]}`;
}

/**
 * The snapshot that `main` means, or the only one.
 * @param {string} option
 * @param {string} dir
 * @param {string} name
 * @returns {Cached | null}
 */
function ofRepository(option, dir, name) {
  const snapshots = join(dir, 'snapshots');
  const commits = existsSync(snapshots) ? readdirSync(snapshots).filter((c) => !c.startsWith('.')) : [];
  const main = join(dir, 'refs', 'main');
  const meant = existsSync(main) ? readFileSync(main, 'utf8').trim() : '';
  const revision = commits.includes(meant) ? meant : commits.length === 1 ? commits[0] : undefined;
  if (revision !== undefined) return { dir: join(snapshots, revision), name, revision };
  if (commits.length === 0) return null;
  throw new Stop(
    `--${option}: ${name} lies in the hub's cache in several revisions (${commits.sort().join(', ')}): name the folder of one, under ${snapshots}.`,
    2,
  );
}
