/** The other browsers that the demo is tested in. On Debian and Ubuntu what is missing is installed; elsewhere it is said what to install. */
import { delimiter, join } from 'node:path';
import { Stop, note } from '../say.mjs';
import { aptGet, debianLike, privilege, runnable } from './chromium.mjs';

const MULTIARCH = ['x86_64-linux-gnu', 'aarch64-linux-gnu'];

/** A program in the PATH or one of the further places, or null. */
function find(/** @type {readonly string[]} */ names, /** @type {readonly string[]} */ further = []) {
  const dirs = (process.env['PATH'] ?? '').split(delimiter).filter((dir) => dir !== '');
  const places = [...names.flatMap((name) => [...dirs, '/usr/bin'].map((dir) => join(dir, name))), ...further];
  return places.find(runnable) ?? null;
}

/** Firefox: `FIREFOX_PATH` goes before all others. */
function findFirefox() {
  const asked = process.env['FIREFOX_PATH'];
  return asked
    ? find([], [asked])
    : find(['firefox-esr', 'firefox'], ['/Applications/Firefox.app/Contents/MacOS/firefox']);
}

/**
 * WebKitGTK: its driver, its smallest browser, and a screen in memory for it.
 * @returns {{driver: string, browser: string, screen: string} | null}
 */
function findWebKit() {
  const driver = find(['WebKitWebDriver']);
  const browser = find(
    ['MiniBrowser'],
    MULTIARCH.flatMap((arch) => ['4.1', '6.0', '4.0'].map((v) => `/usr/lib/${arch}/webkit2gtk-${v}/MiniBrowser`)),
  );
  const screen = find(['Xvfb']);
  return driver === null || browser === null || screen === null ? null : { driver, browser, screen };
}

/** Packages of Debian and Ubuntu, installed with apt-get where that is possible. */
function install(/** @type {string} */ what, /** @type {readonly string[]} */ packages) {
  const before = debianLike() ? privilege() : null;
  const advice = `Install ${what} (Debian: apt-get install ${packages.join(' ')}) and try again.`;
  if (before === null) throw new Stop(`${what} was not found. ${advice}`, 3);
  note(`${what} was not found: installing ${packages.join(', ')} with apt-get ...`);
  aptGet(before, ['update']); // its failure shows in the next step
  if (!aptGet(before, ['install', '-y', '--no-install-recommends', ...packages]))
    throw new Stop(`apt-get could not install ${what}. ${advice}`, 3);
}

/** The path of Firefox, installed when there is none. */
export function ensureFirefox() {
  if (findFirefox() === null) install('Firefox', ['firefox-esr']);
  const found = findFirefox();
  if (found === null) throw new Stop('Firefox was installed and cannot be found. Set FIREFOX_PATH to it.', 3);
  return found;
}

/** The paths of WebKitGTK's programs, installed when there are none. */
export function ensureWebKit() {
  if (findWebKit() === null) install('WebKitGTK', ['webkit2gtk-driver', 'libwebkit2gtk-4.1-0', 'xvfb']);
  const found = findWebKit();
  if (found === null) throw new Stop('WebKitGTK was installed, and MiniBrowser or its driver cannot be found.', 3);
  return found;
}
