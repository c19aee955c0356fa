import { expect, test } from 'vitest';
import { readOverlay } from '../../../src/app/read-results.ts';
import {
  emptyOverlay,
  flaggedPairs,
  joinedOverlay,
  overlayText,
  ownPatterns,
  patternChoices,
  patternNames,
  patternsOf,
  withoutFlagged,
  withPatterns,
  withRemark,
} from '../../../src/core/overlay/overlay.ts';
import { mediconfusion } from '../statistics/fixtures.ts';

const benchmark = mediconfusion();
const [one, two] = benchmark.pairs;
if (!one || !two) throw new Error('no pairs');

test('patterns are read from the benchmark’s own field, however it is written', () => {
  expect(ownPatterns({ extra: { pattern: 'position' } })).toEqual(['position']);
  expect(ownPatterns({ extra: { Pattern: ' a ; b;a ' } })).toEqual(['a', 'b']);
  expect(ownPatterns({ extra: { 'failure patterns': '["x, y","z"]' } })).toEqual(['x, y', 'z']);
  expect(ownPatterns({ extra: { pattern: '[odd' } })).toEqual(['[odd']);
  expect(ownPatterns({ extra: { pattern: null, difficulty: 'subtle' } })).toEqual([]);
});

test('what a person assigns stands in the place of the field, and the benchmark stays as it is', () => {
  const before = JSON.stringify(benchmark);
  const overlay = withRemark(emptyOverlay(benchmark), one.id, { patterns: ['Medical devices', 'mine'] });
  expect(patternsOf(one, overlay)).toEqual(['Medical devices', 'mine']);
  expect(patternNames(benchmark, overlay)).toEqual(['Medical devices', 'mine']);
  expect(patternsOf({ ...one, extra: { pattern: 'position' } }, withRemark(overlay, one.id, { patterns: [] }))).toEqual(
    [],
  );
  expect(JSON.stringify(benchmark)).toBe(before);
});

test('remarks are changed one by one; one that says nothing is gone', () => {
  let overlay = withRemark(emptyOverlay(benchmark), one.id, { flagged: true });
  overlay = withRemark(overlay, one.id, { note: 'left and right exchanged' });
  expect(overlay.pairs[one.id]).toEqual({ flagged: true, note: 'left and right exchanged' });
  expect([...flaggedPairs(overlay)]).toEqual([one.id]);
  expect(withoutFlagged(benchmark, overlay).pairs).toHaveLength(benchmark.pairs.length - 1);
  overlay = withRemark(overlay, one.id, { flagged: false, note: ' ' });
  expect(overlay.pairs).toEqual({});
});

test('the file is read back as it was, in the benchmark’s order', () => {
  let overlay = withRemark(emptyOverlay(benchmark), two.id, { flagged: true });
  overlay = withRemark(overlay, one.id, { patterns: ['a'] });
  const text = overlayText(overlay, benchmark);
  expect(text.indexOf(one.id)).toBeLessThan(text.indexOf(two.id));
  expect(readOverlay('o.json', text, benchmark)).toEqual(overlay);
  expect(readOverlay('o.json', overlayText(emptyOverlay(benchmark), benchmark), null).pairs).toEqual({});
});

test('what a file says of a pair stands in the place of what was said of it before', () => {
  const kept = withRemark(withRemark(emptyOverlay(benchmark), one.id, { flagged: true, note: 'old' }), two.id, {
    note: 'kept',
  });
  const file = withRemark(emptyOverlay(benchmark), one.id, { patterns: ['a'] });
  expect(joinedOverlay(kept, file).pairs).toEqual({ [one.id]: { patterns: ['a'] }, [two.id]: { note: 'kept' } });
});

test('patterns to assign are kept in the file, offered for every pair, and joined by name', () => {
  const named = withPatterns(emptyOverlay(benchmark), [{ name: 'Size', meaning: 'large or small' }]);
  expect(readOverlay('o.json', overlayText(named, benchmark), benchmark)).toEqual(named);
  expect(patternChoices(benchmark, named).slice(-2)).toEqual(['Medical devices', 'Size']);
  expect(patternNames(benchmark, named)).toEqual([]);
  const other = withPatterns(emptyOverlay(benchmark), [
    { name: 'size', meaning: '' },
    { name: 'Side', meaning: '' },
  ]);
  expect(joinedOverlay(named, other).patterns).toEqual([
    { name: 'size', meaning: 'large or small' },
    { name: 'Side', meaning: '' },
  ]);
  expect(withPatterns(named, [])).toEqual(emptyOverlay(benchmark));
});

test('a file that is no overlay, or one of another benchmark, is refused', () => {
  expect(() => readOverlay('o.json', '{', null)).toThrow('o.json is no JSON');
  expect(() => readOverlay('o.json', '{"format":"x"}', null)).toThrow('o.json is no overlay file');
  const text = overlayText(emptyOverlay({ name: 'other', sha256: '1'.repeat(64) }), benchmark);
  expect(() => readOverlay('o.json', text, benchmark)).toThrow('o.json is about other (11111111)');
});
