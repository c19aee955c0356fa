/** bench/RESULTS.md: one section a bench, each replaced by its next run. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../setup/setup.mjs';

const FILE = join(ROOT, 'bench', 'RESULTS.md');
const TITLE = '# Bench';

/**
 * Writes a section, dated and with the machine's name, in place of the one of that title; other sections stay.
 * @param {string} title
 * @param {string} command as it is typed
 * @param {string} text
 * @returns {string} the section
 */
export function writeSection(title, command, text) {
  const on = `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} threads.`;
  const section = `## ${title}\n\nMade by \`${command}\`. ${on}\n\n${text}\n`;
  writeFileSync(FILE, withSection(existsSync(FILE) ? readFileSync(FILE, 'utf8') : '', title, section));
  return section;
}

/**
 * @param {string} file the file as it is
 * @param {string} title
 * @param {string} section
 */
export function withSection(file, title, section) {
  const kept = file
    .split(/^(?=## )/m)
    .map((part) => part.trim())
    .filter((part) => part.startsWith('## ') && !part.startsWith(`## ${title}\n`));
  return `${[TITLE, ...kept, section.trim()].join('\n\n')}\n`;
}
