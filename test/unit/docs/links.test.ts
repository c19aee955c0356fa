import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Files of the repository, those that are new and not ignored included. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(ROOT, file)));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Anchors of a Markdown file's headings, as forges make them. */
function anchors(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map((m) => m[1] ?? '');
  return new Set(
    headings.map((h) =>
      h
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\- _]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Links of a Markdown file that lead nowhere; links to other sites are not followed. */
function broken(file: string): readonly string[] {
  const text = read(file).replace(/```[\s\S]*?```/g, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((m) => m[1] ?? '');
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#', 2);
      const to = path === '' ? file : normalize(join(dirname(file), decodeURIComponent(path)));
      if (to.startsWith('..') || !existsSync(join(ROOT, to))) return true;
      return anchor !== undefined && to.endsWith('.md') && !anchors(read(to)).has(anchor);
    })
    .map((target) => `${file}: ${target}`);
}

describe('the documents', () => {
  const documents = files.filter((file) => file.endsWith('.md'));
  it.each(documents)('%s has no link that leads nowhere', (file) => {
    expect(broken(file)).toEqual([]);
  });

  it('are there where a comment names them, by their path from the root', () => {
    const sources = files.filter(
      (file) => /^(src|workers|tools|test|bench)\/.*\.(ts|mjs|svelte|py|html)$/.test(file) && !file.includes('/data/'),
    );
    const named = sources.flatMap((file) =>
      [
        ...read(file).matchAll(
          /^\s*(?:\/\/|\*|\/\*+|#|"""|<!--)?.*?(?<![\w'"`/.-])((?:[\w-]+\/)*[A-Za-z-]+\.md)\b(?!['"`])/gm,
        ),
      ]
        .filter(([line]) => /\/\/|\*|#|"""|<!--/.test(line.slice(0, line.indexOf('.md'))))
        .map((m) => ({ file, path: m[1] ?? '' })),
    );
    expect(named.length).toBeGreaterThan(10);
    const missing = named.filter(({ path }) => !WRITTEN.has(path) && !existsSync(join(ROOT, path)));
    expect(missing.map(({ file, path }) => `${file}: ${path}`)).toEqual([]);
  });
});

/** Files that the product writes, not documents of the repository. */
const WRITTEN: ReadonlySet<string> = new Set([
  'tables.md',
  'report.md',
  'README.md',
  'readme.md',
  'compare.md',
  'card.md',
]);
