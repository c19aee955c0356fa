import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { readMarks } from '../../src/core/images/marks/read.ts';
import type { MarkCase } from './mark-patterns.ts';

const List = v.object({
  cases: v.array(
    v.object({
      id: v.string(),
      width: v.number(),
      height: v.number(),
      depth: v.number(),
      marks: v.array(v.unknown()),
      sha256: v.string(),
      changed: v.number(),
    }),
  ),
});

/** The cases of test/marks, which tools/make/marks makes. */
export function markCases(): readonly MarkCase[] {
  const text = readFileSync(join(import.meta.dirname, '..', 'marks', 'data', 'cases.json'), 'utf8');
  return v.parse(List, JSON.parse(text)).cases.map((c) => ({ ...c, marks: readMarks(c.marks, c.id) }));
}
