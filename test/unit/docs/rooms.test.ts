import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mayImport, resolveImport, roomOf, ROOMS } from '../../../tools/lint/rooms.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Import {
  readonly from: string;
  readonly to: string;
}

/** What the files of src and workers import of one another, tests beside them left out. */
function imports(): readonly Import[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'src', 'workers'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const files = listed.split('\n').filter((f) => /\.(ts|svelte)$/.test(f) && existsSync(join(ROOT, f)));
  return files.flatMap((from) =>
    [...read(from).matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*|new URL\(\s*)'(\.[^']+)'/g)].map((m) => ({
      from,
      to: resolveImport(from, m[1] ?? ''),
    })),
  );
}

/** The arrows between rooms that the imports make. */
function arrows(of: readonly Import[]): readonly string[] {
  const made = of.flatMap(({ from, to }) => {
    const [a, b] = [roomOf(from), roomOf(to)];
    return a === null || b === null || a === b ? [] : [`${a} -> ${b}`];
  });
  return [...new Set(made)].sort();
}

/** The arrows of ARCHITECTURE.md's table: rooms in the first column, what they import in the last. */
function tableArrows(): readonly string[] {
  const [, table = ''] = read('ARCHITECTURE.md').split('## Rooms, and what each may import');
  const rows = [...(table.split('\n## ')[0]?.matchAll(/^\| (`(?:src|workers)[^|]*) \|[^|]*\| ([^|]*) \|$/gm) ?? [])];
  const names = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((m) => m[1] ?? '');
  return rows
    .flatMap(([, rooms = '', allowed = '']) => names(rooms).flatMap((a) => names(allowed).map((b) => `${a} -> ${b}`)))
    .sort();
}

describe('the rooms of the house', () => {
  const made = imports();

  it('import what the table says: table, lint rule and imports are the same arrows', () => {
    const ruled = Object.entries(ROOMS).flatMap(([a, allowed]) => allowed.map((b) => `${a} -> ${b}`));
    expect(made.length).toBeGreaterThan(500);
    expect(tableArrows()).toEqual(arrows(made));
    expect(ruled.sort()).toEqual(arrows(made));
  });

  it('keep pages apart: one page imports nothing of another', () => {
    expect(made.filter(({ from, to }) => !mayImport(from, to))).toEqual([]);
  });

  it('have no circle of rooms', () => {
    const next = new Map(Object.entries(ROOMS));
    const reach = (from: string, seen: ReadonlySet<string> = new Set()): ReadonlySet<string> =>
      (next.get(from) ?? []).reduce((all, to) => (all.has(to) ? all : reach(to, new Set([...all, to]))), seen);
    expect(Object.keys(ROOMS).filter((room) => reach(room).has(room))).toEqual([]);
  });
});
