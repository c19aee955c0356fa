import { describe, expect, it } from 'vitest';
import { exportTrail, verifyTrail } from '../../../src/core/review/chain.ts';
import type { Change } from '../../../src/core/review/events.ts';
import { good, hash, scored, trailOf } from './drafts.ts';

const AT = '2026-01-02T00:00:00.000Z';
const CHANGES: readonly Change[] = [
  scored('a|b', 'score-1', good(8)),
  scored('a|b', 'score-2', good(7)),
  { kind: 'change', pair: 'a|b', field: 'comment', before: '', after: 'Größe "über" \u001f <b>日本語</b>\n' },
  scored('c|d', 'score-1', { correct: false, relevant: true, language: true, score: 1 }),
  { kind: 'change', pair: 'c|d', field: 'excluded', before: false, after: true },
];
const events = await trailOf(CHANGES);
const text = await exportTrail(events, AT, hash);
const lines = text.split('\n').slice(0, -1);
const joined = (all: readonly string[]): string => all.map((l) => `${l}\n`).join('');
const lineOf = (bytes: Uint8Array, at: number): number => bytes.subarray(0, at).filter((b) => b === 10).length + 1;

describe('an exported trail', () => {
  it('is whole as it was written, and gives its events back', async () => {
    const result = await verifyTrail(text, hash);
    expect(result).toMatchObject({ ok: true });
    if (result.ok) expect(result.events).toEqual(events);
  });

  it('names the line of every byte that is changed', async () => {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; at++) {
      const other = bytes.slice();
      other[at] = (bytes[at] ?? 0) ^ 0x20;
      const result = await verifyTrail(new TextDecoder('utf-8', { ignoreBOM: true }).decode(other), hash);
      expect(result.ok, `byte ${at}`).toBe(false);
      if (!result.ok) expect(result.broken.line, `byte ${at}`).toBe(lineOf(bytes, at));
    }
  });

  it('names the line before which one was removed', async () => {
    for (let i = 0; i < lines.length; i++) {
      const result = await verifyTrail(joined(lines.toSpliced(i, 1)), hash);
      const last = i === lines.length - 1;
      expect(result).toMatchObject({ ok: false, broken: { line: i + 1, kind: last ? 'cut' : 'removed' } });
    }
  });

  it('names the first of any two lines that were exchanged', async () => {
    for (let i = 0; i < lines.length; i++)
      for (let j = i + 1; j < lines.length; j++) {
        const other = lines.with(i, lines[j] ?? '').with(j, lines[i] ?? '');
        const result = await verifyTrail(joined(other), hash);
        expect(result).toMatchObject({ ok: false, broken: { line: i + 1, kind: 'exchanged' } });
        if (!result.ok) expect(result.broken.message).toContain(`line ${j + 1}`);
      }
  });

  it('is broken wherever its end is cut off', async () => {
    for (let end = 0; end < text.length; end++) expect((await verifyTrail(text.slice(0, end), hash)).ok).toBe(false);
    const half = joined(lines.slice(0, 4));
    expect(await verifyTrail(half, hash)).toMatchObject({ ok: false, broken: { line: 5, kind: 'cut' } });
  });

  it('takes no line twice, and none behind its seal', async () => {
    const doubled = joined(lines.toSpliced(2, 0, lines[1] ?? ''));
    expect(await verifyTrail(doubled, hash)).toMatchObject({ ok: false, broken: { line: 3, kind: 'doubled' } });
    const added = `${text}${lines.at(-1) ?? ''}\n`;
    expect(await verifyTrail(added, hash)).toMatchObject({
      ok: false,
      broken: { line: lines.length + 1, kind: 'added' },
    });
  });

  it('does not go on with the events of another', async () => {
    const other = await trailOf(CHANGES, { reviewer: 'Reader 2' });
    const mixed = await exportTrail([...events.slice(0, 3), ...other.slice(3)], AT, hash);
    expect(await verifyTrail(mixed, hash)).toMatchObject({ ok: false, broken: { line: 4 } });
  });

  it('is refused where a value is none that a review has', async () => {
    const score = { correct: true, relevant: true, language: true, score: 11 };
    const wrong = await exportTrail(await trailOf([scored('a|b', 'score-1', score)]), AT, hash);
    expect(await verifyTrail(wrong, hash)).toMatchObject({ ok: false, broken: { line: 2 } });
  });
});
