import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pairKey, type Draft } from '../../../src/core/drafting/draft.ts';
import { exportTrail } from '../../../src/core/review/chain.ts';
import type { Change } from '../../../src/core/review/events.ts';
import { draftsHash } from '../../../src/core/review/subject.ts';
import { main } from '../../../tools/cli/main.mjs';
import { draftOf, good, hash, scored, trailOf } from '../review/drafts.ts';

let dir = '';
let drafts: readonly Draft[] = [];
let printed = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lookalike-build-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  mkdirSync(join(dir, 'collection', 'images'), { recursive: true });
  const hashes = [1, 2, 3, 4].map((n) => {
    writeFileSync(join(dir, 'collection', 'images', `${n}.png`), `image ${n}`);
    return createHash('sha256').update(`image ${n}`).digest('hex');
  });
  drafts = [1, 2, 3].map((n) => draftOf(n, { sha256: [hashes[n - 1] ?? '', hashes[n] ?? ''] }));
  write('drafts.jsonl', drafts.map((d) => `${JSON.stringify(d)}\n`).join(''));
  write('job.json', JSON.stringify({ collection: join(dir, 'collection') }));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

const write = (name: string, text: string): void => writeFileSync(join(dir, name), text);
const call = (...argv: readonly string[]): Promise<number> => main(argv, { cwd: dir, env: {} });
const build = (...more: readonly string[]): Promise<number> =>
  call('build-benchmark', '--drafts', 'drafts.jsonl', '--out', 'made', ...more);
const dataset = (): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(join(dir, 'made', 'data', 'dataset.json'), 'utf8')) as Readonly<Record<string, unknown>>;

async function review(name: string, reviewer: string, scores: readonly number[]): Promise<void> {
  const changes = scores.flatMap((score, i): readonly Change[] => {
    const pair = pairKey(drafts[i] ?? draftOf(i));
    return [scored(pair, 'score-1', good(score)), scored(pair, 'score-2', good(score))];
  });
  const events = await trailOf(changes, { reviewer, drafts: await draftsHash(drafts, hash) });
  write(name, await exportTrail(events, '2026-01-02T00:00:00.000Z', hash));
}

describe('build-benchmark', () => {
  it('takes every valid draft unreviewed, with its images by local id, and says so', async () => {
    expect(await build('--unreviewed')).toBe(0);
    expect(Object.keys(dataset())).toEqual(['10001', '10002', '10003']);
    expect(dataset()['10001']).toMatchObject({ reviewed: false, im_1_local: 20001, im_2_local: 20002 });
    expect(readFileSync(join(dir, 'made', 'data', 'images', '20004.png'), 'utf8')).toBe('image 4');
    expect(readFileSync(join(dir, 'made', 'README.md'), 'utf8')).toContain('Not reviewed:');
    expect(printed).toContain('Not reviewed:');
  });

  it('takes what the reviewer kept', async () => {
    await review('one.jsonl', 'Reader 1', [8, 4, 5]);
    expect(await build('--reviews', 'one.jsonl', '--license', 'CC0')).toBe(0);
    expect(Object.keys(dataset())).toHaveLength(2);
    expect(dataset()['10001']).toMatchObject({ reviewed: true });
    expect(printed).toContain('2 pairs of 4 images. Left out: 1 score below the threshold.');
  });

  it('leaves out what reviewers differ on, and writes how far they agree', async () => {
    await review('one.jsonl', 'Reader 1', [8, 4, 5]);
    await review('two.jsonl', 'Reader 2', [9, 8, 6]);
    expect(await build('--reviews', 'one.jsonl', '--reviews', 'two.jsonl')).toBe(0);
    expect(Object.keys(dataset())).toHaveLength(2);
    expect(readFileSync(join(dir, 'made', 'review', 'agreement.csv'), 'utf8').split('\n')).toHaveLength(11);
    expect(printed).toContain('66.7% of 3 decisions alike');
  });

  it('moves no threshold in silence', async () => {
    await review('one.jsonl', 'Reader 1', [8, 4, 5]);
    expect(await build('--reviews', 'one.jsonl', '--least', '8')).toBe(0);
    expect(Object.keys(dataset())).toHaveLength(1);
  });

  it('refuses a broken trail, naming the line, and writes nothing', async () => {
    await review('one.jsonl', 'Reader 1', [8, 4, 5]);
    write('one.jsonl', readFileSync(join(dir, 'one.jsonl'), 'utf8').replace('"score":8', '"score":9'));
    await expect(build('--reviews', 'one.jsonl')).rejects.toThrow(/one\.jsonl is broken.*Line 2:/);
    expect(existsSync(join(dir, 'made'))).toBe(false);
  });

  it('refuses a trail of other drafts, and one reviewer twice', async () => {
    await review('one.jsonl', 'Reader 1', [8]);
    await review('two.jsonl', 'Reader 1', [7]);
    await expect(build('--reviews', 'one.jsonl', '--reviews', 'two.jsonl')).rejects.toThrow('both trails of Reader 1');
    write('drafts.jsonl', `${JSON.stringify(draftOf(9))}\n`);
    await expect(build('--reviews', 'one.jsonl')).rejects.toThrow('a review of other drafts');
  });

  it('refuses an image that is not the one that was drafted on', async () => {
    writeFileSync(join(dir, 'collection', 'images', '2.png'), 'another');
    await expect(build('--unreviewed')).rejects.toThrow('images/2.png');
    expect(existsSync(join(dir, 'made'))).toBe(false);
  });

  it('never reads an image from outside the collection', async () => {
    writeFileSync(join(dir, 'secret.png'), 'secret');
    write('drafts.jsonl', `${JSON.stringify(draftOf(1, { image_1: '../secret.png' }))}\n`);
    await expect(build('--unreviewed')).rejects.toThrow('outside the collection');
  });

  it.each([
    [[], 'Name the review trails'],
    [['--unreviewed', '--reviews', 'x'], 'Name the review trails'],
    [['--unreviewed', '--collection', 'nowhere'], 'nowhere is not there'],
  ])('refuses %j', async (argv, words) => {
    await expect(call('build-benchmark', '--drafts', 'drafts.jsonl', '--out', 'made', ...argv)).rejects.toThrow(words);
  });

  it('refuses drafts that are not there', async () => {
    const argv = ['--drafts', 'none.jsonl', '--out', 'made', '--unreviewed'];
    await expect(call('build-benchmark', ...argv)).rejects.toThrow('there is no file none.jsonl');
  });

  it('names a damaged line of the drafts', async () => {
    write('drafts.jsonl', `${JSON.stringify(drafts[0])}\n{"format":"lookalike-draft/1"}\n`);
    await expect(build('--unreviewed')).rejects.toThrow('drafts.jsonl, line 2: The line is no draft: image_1');
  });
});

describe('verify-review', () => {
  it('says that a trail is whole, or names the first broken line', async () => {
    await review('one.jsonl', 'Reader 1', [8, 4, 5]);
    expect(await call('verify-review', 'one.jsonl')).toBe(0);
    expect(printed).toContain('one.jsonl: whole. 7 events by Reader 1 (reviewer)');
    const lines = readFileSync(join(dir, 'one.jsonl'), 'utf8').split('\n');
    write('one.jsonl', lines.toSpliced(3, 1).join('\n'));
    expect(await call('verify-review', 'one.jsonl')).toBe(1);
    expect(printed).toContain('one.jsonl: broken (removed). Line 4:');
  });

  it('refuses what is no file', async () => {
    await expect(call('verify-review', 'none.jsonl')).rejects.toThrow('There is no file none.jsonl.');
  });
});
