import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Stop, note } from '../say.mjs';

/** Programs looked for in the PATH, best first. */
const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'microsoft-edge-stable',
  'microsoft-edge',
];
const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const WINDOWS_APPS = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/** Whether a path is a file that may be run. */
export function runnable(/** @type {string} */ path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Places where a Chrome, Chromium or Edge may be, best first.
 * @param {NodeJS.Platform} platform
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {string[]}
 */
export function chromiumPlaces(platform, env) {
  if (platform === 'darwin') {
    const roots = ['/Applications', ...(env['HOME'] ? [`${env['HOME']}/Applications`] : [])];
    return MAC_APPS.flatMap((app) => roots.map((root) => `${root}/${app}.app/Contents/MacOS/${app}`));
  }
  if (platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
      .map((name) => env[name])
      .filter((root) => root !== undefined);
    return WINDOWS_APPS.flatMap((app) => roots.map((root) => `${root}\\${app}`));
  }
  const dirs = [
    ...(env['PATH'] ?? '').split(delimiter).filter((dir) => dir !== ''),
    '/usr/bin',
    '/usr/local/bin',
    '/snap/bin',
  ];
  return [
    ...NAMES.flatMap((name) => dirs.map((dir) => join(dir, name))),
    '/opt/google/chrome/chrome',
    '/opt/microsoft/msedge/msedge',
  ];
}

/**
 * The browser that is there, or null. `CHROME_PATH` goes before all others and must exist when set.
 * @returns {string | null}
 */
export function findChromium() {
  const asked = process.env['CHROME_PATH'];
  if (asked !== undefined && asked !== '') {
    if (runnable(asked)) return asked;
    throw new Stop(
      `CHROME_PATH is ${asked}, and there is no program there. Correct it, or unset it to have the browser found.`,
      3,
    );
  }
  return chromiumPlaces(process.platform, process.env).find(runnable) ?? null;
}

/** Whether this is Debian or made of it. */
export function debianLike() {
  if (process.platform !== 'linux') return false;
  try {
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/**
 * What goes before apt-get: nothing as root, sudo where it works (it may ask for the password at a terminal), null where neither.
 * @returns {string[] | null}
 */
export function privilege() {
  if (process.getuid?.() === 0) return [];
  const quiet = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  if (quiet.error) return null;
  if (quiet.status === 0) return ['sudo', '-n'];
  return process.stdin.isTTY === true && process.env['CI'] === undefined ? ['sudo'] : null;
}

/** Runs apt-get with its output on stderr. */
export function aptGet(/** @type {string[]} */ before, /** @type {string[]} */ args) {
  const [command = 'apt-get', ...rest] = [
    ...before,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-qq',
    ...args,
  ];
  return spawnSync(command, rest, { stdio: ['inherit', 2, 2] }).status === 0;
}

/** What to do by hand where the browser cannot be installed. */
export function installAdvice(/** @type {NodeJS.Platform} */ platform) {
  const how =
    platform === 'darwin'
      ? 'Install Google Chrome (https://www.google.com/chrome, or: brew install --cask google-chrome)'
      : platform === 'win32'
        ? 'Install Google Chrome or Microsoft Edge (winget install Google.Chrome)'
        : 'Install Chromium with your package manager (Debian: apt-get install chromium; Fedora: dnf install chromium; Arch: pacman -S chromium)';
  return `No Chrome, Chromium or Edge was found. ${how}, or set CHROME_PATH to one, and try again.`;
}

/**
 * The path of a Chrome, Chromium or Edge; on Debian and Ubuntu Chromium is installed when there is none.
 * @returns {Promise<string>}
 */
export async function ensureChromium() {
  const found = findChromium();
  if (found !== null) return found;
  const before = debianLike() ? privilege() : null;
  if (before === null) throw new Stop(installAdvice(process.platform), 3);
  note('No Chrome or Chromium was found: installing the package chromium with apt-get ...');
  aptGet(before, ['update']); // its failure shows in the next step
  const done =
    aptGet(before, ['install', '-y', 'chromium', 'fonts-dejavu-core']) ||
    aptGet(before, ['install', '-y', 'chromium-browser']);
  const installed = findChromium();
  if (!done || installed === null)
    throw new Stop(`apt-get could not install Chromium. ${installAdvice(process.platform)}`, 3);
  return installed;
}
