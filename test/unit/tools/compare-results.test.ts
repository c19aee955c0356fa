import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compareResults } from '../../../tools/make/compare-results.mjs';

const RUN = {
  lookalike: '0.1.0',
  startedAt: '2026-01-01T00:00:00.000Z',
  model: { id: 'm' },
  device: { kind: 'wasm', browser: 'Chromium 1' },
  seconds: { load: 1, score: 2 },
  certificate: { issuedAt: '2026-01-01T00:00:00.000Z', passed: true, checks: [{ name: 'c', seconds: 3 }] },
};
let space = '';
const at = (...path: string[]): string => join(space, ...path);
const write = (path: string, text: string): void => writeFileSync(at(path), text);

beforeEach(() => {
  space = mkdtempSync(join(tmpdir(), 'compare-'));
  mkdirSync(at('a', 'official'), { recursive: true });
  write('a/run.json', JSON.stringify(RUN));
  write('a/records.jsonl', '{"pair":"1","chosen":"A"}\n{"pair":"2","chosen":"B"}\n');
  write('a/official/m_mc.json', '{}');
  cpSync(at('a'), at('b'), { recursive: true });
});
afterEach(() => rmSync(space, { recursive: true }));

test('when, how fast and by which version a run was made is no difference', () => {
  const later = {
    ...{ ...RUN, lookalike: '0.2.0', startedAt: '2027-01-01T00:00:00.000Z', seconds: { load: 9, score: 9 } },
    device: { kind: 'wasm', browser: 'Chromium 2' },
    certificate: { issuedAt: '2027-01-01T00:00:00.000Z', passed: true, checks: [{ name: 'c', seconds: 4 }] },
  };
  write('b/run.json', JSON.stringify(later));
  expect(compareResults(at('a'), at('b'))).toEqual([]);
});

test('anything else of run.json is, the order of its members included', () => {
  write('b/run.json', JSON.stringify({ ...RUN, certificate: { ...RUN.certificate, passed: false } }));
  expect(compareResults(at('a'), at('b'))[0]).toBe('run.json differs');
  const { model, ...rest } = RUN;
  write('b/run.json', JSON.stringify({ ...rest, model }));
  expect(compareResults(at('a'), at('b'))[0]).toBe('run.json differs');
});

test('one byte of a record is, and is shown', () => {
  write('b/records.jsonl', '{"pair":"1","chosen":"A"}\n{"pair":"2","chosen":"A"}\n');
  const lines = compareResults(at('a'), at('b'));
  expect(lines).toHaveLength(4);
  expect(lines[1]).toBe('  line 2, column 23');
});

test('a missing file is', () => {
  rmSync(at('b', 'official', 'm_mc.json'));
  expect(compareResults(at('a'), at('b'))).toEqual([`official/m_mc.json is only in ${at('a')}`]);
});
