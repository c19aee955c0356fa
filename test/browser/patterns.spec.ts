import { expect, test } from '@playwright/test';
import { readOverlay } from '../../src/app/read-results.ts';
import { command, evaluate, readJson, scratch } from './command.ts';

const space = scratch();
test.afterAll(() => space.remove());
const WASM = ['--device', 'wasm', '--dtype', 'fp32'];

test(
  'a text model is shown the pairs that a run fails, and what it replies is kept, with what was found as an overlay',
  { tag: '@soak' },
  async () => {
    const results = space.path('results');
    expect((await evaluate([...WASM, '--limit', '6', '--methods', 'gd', '--out', results])).code).toBe(0);
    const out = space.path('patterns');
    const args = ['--at-once', '2', '--max-tokens', '48', '--all', '--out', out];
    const { code, stdout } = await command(['patterns', results, ...WASM, ...args]);
    const told = readJson(out, 'patterns.json');
    const replies = told['replies'] as { pairs: string[]; reply: string | null; patterns: { name: string }[] }[];
    expect(told).toMatchObject({ format: 'lookalike-patterns/1', prompt: 'A.3', writer: { id: 'phantom-writer' } });
    expect(replies.flatMap((r) => r.pairs)).toEqual(['50001', '50002', '50003', '50004', '50005', '50006']);
    // The demo's writer was made for questions: whatever it says, nothing is made up for it.
    const names = replies.flatMap((r) => r.patterns.map((p) => p.name));
    const overlay = readOverlay('overlay.json', JSON.stringify(readJson(out, 'overlay.json')), null);
    expect(new Set(overlay.patterns?.map((p) => p.name.toLowerCase()))).toEqual(
      new Set(names.map((n) => n.toLowerCase())),
    );
    expect(code).toBe(names.length === 0 ? 1 : 0);
    if (names.length === 0) expect(stdout).toContain('No reply held a list of patterns');
  },
);

test('regions are hidden only where there are marks, which is said in a sentence', { tag: '@soak' }, async () => {
  const bare = space.path('bare');
  const { cpSync, rmSync } = await import('node:fs');
  cpSync('public/benchmarks/phantoms', bare, { recursive: true });
  rmSync(`${bare}/data/marks.json`);
  const out = space.path('look');
  const look = ['occlude', '--benchmark', bare, ...WASM, '--pair', '50001', '--grid', '1', '--out', out];
  const refused = await command([...look, '--regions']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--regions hides marked regions one at a time, and pair 50001 of');
  const one = await command(look);
  expect(one.stdout).toContain('4 image encodes, 4 prefills.');
});
