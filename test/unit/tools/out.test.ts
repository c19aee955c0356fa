import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultOut, makeOut, openOut, removeIfEmpty, wholeLines } from '../../../tools/drive/out.mjs';
import { Appender, rescue, writeFiles } from '../../../tools/drive/write.mjs';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lookalike-out-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('the default folder says when, what and with what', () => {
  const now = new Date('2026-03-04T05:06:07.890Z');
  expect(defaultOut(now, 'Phantoms', 'HuggingFaceTB/SmolVLM 256M')).toBe(
    join('results', '2026-03-04T050607-phantoms-huggingfacetb-smolvlm-256m'),
  );
});

test('a folder that cannot be made is told with exit code 5', () => {
  const file = join(dir, 'file');
  writeFileSync(file, '');
  expect(() => makeOut(join(file, 'below'))).toThrow(expect.objectContaining({ code: 5 }));
});

test('a new folder is made, and goes again when nothing came into it', () => {
  const out = join(dir, 'a', 'b');
  expect(openOut(out, false)).toBeNull();
  expect(existsSync(out)).toBe(true);
  removeIfEmpty(out);
  expect(existsSync(out)).toBe(false);
});

test('a folder with anything in it is refused without --resume', () => {
  writeFileSync(join(dir, 'notes.txt'), '');
  expect(() => openOut(dir, false)).toThrow('is not empty');
});

test('a folder without a run cannot be resumed', () => {
  writeFileSync(join(dir, 'notes.txt'), '');
  expect(() => openOut(dir, true)).toThrow('holds no run to go on with');
});

test('a file is no folder', () => {
  const file = join(dir, 'file');
  writeFileSync(file, '');
  expect(() => openOut(file, false)).toThrow('is a file, not a folder');
});

test('whole lines count, a torn last line is dropped from the file too', () => {
  writeFileSync(join(dir, 'run.json'), '{"state":"stopped"}');
  writeFileSync(join(dir, 'records.jsonl'), '{"pair":"1"}\n{"pair":"é"}\n{"pair":"3","ima');
  expect(openOut(dir, true)).toEqual({ info: { state: 'stopped' }, records: [{ pair: '1' }, { pair: 'é' }] });
  const appender = new Appender(dir, 'records.jsonl');
  appender.append(['{"pair":"3"}']);
  appender.close();
  expect(readFileSync(join(dir, 'records.jsonl'), 'utf8')).toBe('{"pair":"1"}\n{"pair":"é"}\n{"pair":"3"}\n');
});

test('a broken line in the middle is named, not skipped', () => {
  expect(() => wholeLines('{"pair":"1"}\n{"pair"\n{"pair":"3"}\n')).toThrow('damaged in line 2');
});

test('a last line that is whole JSON but without its line end is torn all the same', () => {
  expect(wholeLines('{"a":1}\n{"a":12}')).toEqual({ records: [{ a: 1 }], bytes: 8 });
});

test('records without a run.json are refused: nobody can say what made them', () => {
  writeFileSync(join(dir, 'records.jsonl'), '{"pair":"1"}\n');
  expect(() => openOut(dir, true)).toThrow('no run.json');
});

test('files are written whole and leave nothing beside them', () => {
  mkdirSync(join(dir, 'official'));
  writeFiles(dir, [
    { path: 'run.json', text: '{}' },
    { path: 'official/phantom_greedy.json', text: '{"1":{}}' },
  ]);
  expect(readdirSync(dir).sort()).toEqual(['official', 'run.json']);
  expect(readFileSync(join(dir, 'official', 'phantom_greedy.json'), 'utf8')).toBe('{"1":{}}');
});

test.runIf(existsSync('/dev/full'))('a full disk is exit code 5 and said so', () => {
  symlinkSync('/dev/full', join(dir, 'records.jsonl'));
  const appender = new Appender(dir, 'records.jsonl');
  expect(() => appender.append(['{}'])).toThrow(
    expect.objectContaining({ code: 5, message: expect.stringContaining('the disk is full') }),
  );
  appender.close();
});

test('results that fit nowhere else are kept in a folder of their own', () => {
  const kept = rescue([{ path: 'records.jsonl', text: '{}\n' }]);
  expect(kept).not.toBeNull();
  expect(readFileSync(join(kept ?? '', 'records.jsonl'), 'utf8')).toBe('{}\n');
  rmSync(kept ?? '', { recursive: true });
});
