/**
 * How the commands set themselves up: packages, the build, a browser. Only Node's own modules are imported here,
 * because this runs before anything is installed.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { Stop, note, words } from '../say.mjs';

export { ensureChromium } from './chromium.mjs';

/** The repository's root. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The build: a plain static site. */
export const DIST = join(ROOT, 'dist');

/** What the build is made of; a change in any of it makes a new build. */
const BUILD_INPUTS = [
  'src',
  'workers',
  'public',
  'index.html',
  'tools/serve/headers.mjs',
  'vite.config.ts',
  'svelte.config.js',
  'package-lock.json',
];
/** Exit code when what a command needs could not be had (docs/results.md). */
const NOT_HAD = 3;
const INSTALL_STAMP = join(ROOT, 'node_modules', '.lookalike-lock');
const BUILD_STAMP = join(DIST, '.lookalike-build');

/**
 * Refuses a Node that is too old, in words.
 * @param {string} [version]
 */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 20) {
    throw new Stop(
      `Lookalike needs Node.js 20 or newer and this is ${version}. Install a current one from https://nodejs.org and try again.`,
      2,
    );
  }
  if (major === 20 && minor < 19)
    note(`Node ${version} is older than the build tool asks for (20.19); should the build fail, update Node.`);
}

/** SHA-256 of a string or of bytes, hex. */
function sha256(/** @type {string | Buffer} */ data) {
  return createHash('sha256').update(data).digest('hex');
}

/** A file's text, or null when there is none. */
function readText(/** @type {string} */ file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/**
 * The packages of a lockfile that must be there: path in node_modules to what identifies its content.
 * @param {string} text
 * @returns {Map<string, string>}
 */
function lockedPackages(text) {
  const lock = JSON.parse(text);
  const found = new Map();
  for (const [path, entry] of Object.entries(lock.packages ?? {})) {
    if (path.startsWith('node_modules/') && !entry.optional && !entry.extraneous)
      found.set(path, entry.integrity ?? entry.resolved ?? entry.version);
  }
  return found;
}

/** Whether npm's own note of what it installed covers the lockfile; it is written at the end of an installation. */
function npmInstalledIt(/** @type {string} */ lockText) {
  const hidden = readText(join(ROOT, 'node_modules', '.package-lock.json'));
  if (hidden === null) return false;
  try {
    const have = lockedPackages(hidden);
    return [...lockedPackages(lockText)].every(([path, what]) => have.get(path) === what);
  } catch {
    return false;
  }
}

/**
 * The packages named in package-lock.json are in node_modules: `npm ci` when they are not, nothing when they are.
 */
export async function ensureInstalled() {
  checkNode();
  const lockText = readText(join(ROOT, 'package-lock.json'));
  if (lockText === null) throw new Stop('package-lock.json is missing: this copy of Lookalike is incomplete.', 2);
  const wanted = sha256(lockText);
  if (readText(INSTALL_STAMP) === wanted) return;
  await withLock(join(ROOT, '.cache', 'install.lock'), 'installing packages', async () => {
    if (readText(INSTALL_STAMP) === wanted) return;
    if (!npmInstalledIt(lockText)) {
      note('Installing packages (only once) ...');
      await npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
    }
    writeFileSync(INSTALL_STAMP, wanted);
  });
}

/** Runs npm in the root; its failure becomes a sentence. */
async function npm(/** @type {string[]} */ args) {
  const cli = process.env['npm_execpath'];
  // Behind `npm start` the path of npm's own program is known; Windows can start npm.cmd only through a shell.
  const useCli = cli !== undefined && /npm-cli\.c?js$/.test(cli) && existsSync(cli);
  const { code, output } = useCli
    ? await capture(process.execPath, [cli, ...args])
    : await capture('npm', args, process.platform === 'win32');
  if (code === 0) return;
  const tail = output.trim().split('\n').slice(-12).join('\n');
  const cut =
    /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET|ERR_SOCKET_TIMEOUT|EHOSTUNREACH|ENETUNREACH|UNABLE_TO_\w+|SELF_SIGNED\w+/.exec(
      output,
    );
  if (cut !== null) {
    throw new Stop(
      `The package registry could not be reached (${cut[0]}). Check the connection (behind a proxy: npm config set proxy http://host:port) and try again; nothing else needs the network.`,
      NOT_HAD,
    );
  }
  if (/ENOSPC/.test(output))
    throw new Stop('The packages could not be installed: the disk is full (they need about 300 MB).', NOT_HAD);
  throw new Stop(`${tail}\nThe packages could not be installed (npm ended with ${code}).`, NOT_HAD);
}

/**
 * Runs a program and keeps what it says.
 * @param {string} command
 * @param {string[]} args
 * @param {boolean} [shell]
 * @returns {Promise<{code: number, output: string}>}
 */
function capture(command, args, shell = false) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * All files under a path, relative to it, sorted.
 * @param {string} path
 * @returns {string[]}
 */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [''];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      relative(path, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join('/'),
    )
    .sort();
}

/** One hash over everything the build is made of. */
export function buildHash() {
  const hash = createHash('sha256');
  for (const input of BUILD_INPUTS) {
    const base = join(ROOT, input);
    for (const file of filesUnder(base)) {
      hash.update(`${input}/${file}\0`);
      hash.update(sha256(readFileSync(file === '' ? base : join(base, file))));
    }
  }
  return hash.digest('hex');
}

/**
 * dist/ holds the build of the sources as they are. A new build is made beside it and put in its place when whole,
 * so that a build that fails, or two commands at once, never leave half a site.
 * @returns {Promise<string>} the folder
 */
export async function ensureBuilt() {
  if (readText(BUILD_STAMP) === buildHash()) return DIST;
  return withLock(join(ROOT, '.cache', 'build.lock'), 'building', async () => {
    const wanted = buildHash();
    if (readText(BUILD_STAMP) === wanted) return DIST;
    note('Building ...');
    const fresh = join(ROOT, '.cache', `build-${process.pid}`);
    try {
      await viteBuild(fresh);
      writeFileSync(join(fresh, '.lookalike-build'), wanted);
      swap(fresh);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
    return DIST;
  });
}

/** Builds the site into a folder. */
async function viteBuild(/** @type {string} */ outDir) {
  const { build } = await import('vite');
  try {
    await build({ root: ROOT, logLevel: 'error', build: { outDir, emptyOutDir: true } });
  } catch (error) {
    throw new Stop(`The build failed: ${words(error)}`, NOT_HAD);
  }
}

/** Puts a finished build in the place of dist/. */
function swap(/** @type {string} */ fresh) {
  const old = join(ROOT, '.cache', `old-${process.pid}`);
  if (existsSync(DIST)) renameSync(DIST, old);
  renameSync(fresh, DIST);
  rmSync(old, { recursive: true, force: true });
}
