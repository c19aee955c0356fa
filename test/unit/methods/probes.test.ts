import { describe, expect, it } from 'vitest';
import type { Pair } from '../../../src/core/benchmark/types.ts';
import type { Mark } from '../../../src/core/images/marks/mark.ts';
import { USUAL_STROKE } from '../../../src/core/images/marks/mark.ts';
import { fileImage, imageKey, markedImage } from '../../../src/core/images/ref.ts';
import { fault } from '../../../src/core/fault.ts';
import { failedRecord } from '../../../src/core/methods/outcome.ts';
import { probesOfRecords } from '../../../src/core/methods/probe-records.ts';
import type { ResultRecord } from '../../../src/core/records/record.ts';
import { PROBE_KINDS } from '../../../src/core/methods/conditions.ts';
import {
  namedOption,
  NO_PROBES,
  rightUnder,
  shownImage,
  type ProbeSettings,
} from '../../../src/core/methods/probes.ts';
import { methods, requestedMethods as asked } from '../../../src/core/methods/registry.ts';
import { nameOf } from '../../../src/core/methods/names.ts';
import { countGroups, planGroups } from '../../../src/core/plan/groups.ts';

const box: Mark = { kind: 'box', x0: 1, y0: 2, x1: 9, y1: 8, ...USUAL_STROKE };
function pair(id: string, first: string, second: string): Pair {
  const image = (sha256: string, right: 'A' | 'B') => ({
    ...{ path: sha256, local: null, categories: [], right, caption: null, sha256 },
  });
  const options = { A: 'in the left lung', B: 'in the right lung' };
  return { id, question: 'q', options, images: [image(first, 'A'), image(second, 'B')], extra: {} };
}
const pairs = [pair('1', 'x', 'y'), pair('2', 'x', 'z')];
const probes: ProbeSettings = { ...NO_PROBES, marks: { '1': [[box], []] } };

describe('the image that a question shows', () => {
  const [first] = pairs;
  if (!first) throw new Error('no pair');
  const shown = (kind: (typeof PROBE_KINDS)[number], image: 1 | 2, settings = probes) =>
    shownImage({ kind }, first, image, settings);

  it('is the file under conditions that leave the image alone', () => {
    expect(shownImage(null, first, 1, probes)).toEqual(fileImage('x'));
    expect(shownImage({ kind: 'swap' }, first, 2, probes)).toEqual(fileImage('y'));
  });
  it('carries its own marks, and is the file where there is nothing to point at', () => {
    expect(shown('marks', 1)).toEqual(markedImage('x', [{ kind: 'marks', marks: [box], place: { kind: 'own' } }]));
    expect(shown('marks', 2)).toEqual(fileImage('y'));
  });
  it('carries the marks of the other image on the wrong side', () => {
    expect(shown('marks-wrong-side', 2)).toEqual(
      markedImage('y', [{ kind: 'marks', marks: [box], place: { kind: 'own' } }]),
    );
    expect(shown('marks-wrong-side', 1)).toEqual(fileImage('x'));
  });
  it('is none where the pair was not marked', () => {
    const [, second] = pairs;
    expect(second && shownImage({ kind: 'marks' }, second, 1, probes)).toBeNull();
    expect(shown('marks', 1, NO_PROBES)).toBeNull();
  });
  it('names the option that a text probe says', () => {
    expect([namedOption('text-a', 'B'), namedOption('text-b', 'A'), namedOption('text-right', 'B')]).toEqual([
      'A',
      'B',
      'B',
    ]);
    expect(shown('text-right', 2)).toMatchObject({ changes: [{ kind: 'caption', text: 'in the right lung' }] });
  });
  it('is another image for every probe and seed', () => {
    const keys = PROBE_KINDS.filter((k) => !['marks-wrong-side', 'text-right'].includes(k)).map((kind) => {
      const image = shown(kind, 1);
      return image === null ? '' : imageKey(image);
    });
    expect(new Set(keys).size).toBe(keys.length);
    expect(shown('noise', 1)).not.toEqual(shown('noise', 1, { ...probes, seed: 1 }));
    expect(shown('marks-random', 1)).not.toEqual(shown('marks-random', 1, { ...probes, seed: 1 }));
  });
});

describe('a plan with probes', () => {
  it('gives each changed image its group, encodes none twice, and leaves other groups as they were', () => {
    const groups = planGroups(
      { pairs },
      asked(['gd', 'ps', 'gd+marks', 'ps+marks', 'gd+jpeg-50']),
      new Set(),
      null,
      probes,
    );
    expect(
      groups.map((g) => [
        g.image.kind,
        g.questions.map((q) => `${q.pair}/${q.image} ${q.methods.map(nameOf).join(' ')}`),
      ]),
    ).toEqual([
      ['file', ['1/1 gd ps', '2/1 gd ps']],
      ['marked', ['1/1 gd+marks ps+marks']],
      ['marked', ['1/1 gd+jpeg-50', '2/1 gd+jpeg-50']],
      ['file', ['1/2 gd ps gd+marks ps+marks']],
      ['marked', ['1/2 gd+jpeg-50']],
      ['file', ['2/2 gd ps']],
      ['marked', ['2/2 gd+jpeg-50']],
    ]);
    expect(countGroups(groups).images).toBe(7);
    expect(planGroups({ pairs }, asked(['gd']), new Set(), null, probes)).toEqual(planGroups({ pairs }, asked(['gd'])));
  });
  it('leaves out what is recorded', () => {
    const done = new Set(['1/1/gd+marks', '1/2/gd+marks']);
    expect(planGroups({ pairs }, asked(['gd+marks']), done, null, probes)).toEqual([]);
  });
});

describe('the settings of a run', () => {
  it('are in its records: whoever repeats it shows the same marks', () => {
    const records = ([1, 2] as const).map((image): ResultRecord => {
      const shown = shownImage({ kind: 'marks-wrong-side' }, pair('1', 'x', 'y'), image, probes);
      const changes = shown?.kind === 'marked' ? { changes: shown.changes } : {};
      const question = { pair: '1', image, right: 'A', imageSha256: 'x', ...changes } as const;
      return failedRecord(question, 'gd+marks-wrong-side', fault('internal', 'It failed.'));
    });
    const info = { seed: 5, marks: { sha256: 'm', pairs: 1 }, flipAnswers: 'all' } as const;
    expect(probesOfRecords(info, records)).toEqual({ seed: 5, flipAnswers: 'all', marks: probes.marks });
    expect(probesOfRecords(undefined, records)).toEqual(NO_PROBES);
    expect(probesOfRecords({ ...info, marks: null }, records).marks).toBeNull();
  });
});

describe('conditions', () => {
  it('can be put to every method', () => {
    const names = methods().flatMap((m) => PROBE_KINDS.map((kind) => `${m.id}+${kind}`));
    expect(asked(names).map(nameOf)).toEqual(names);
  });
  it('exchange the right answer under a flip only where the run says so', () => {
    const [first, second] = pairs;
    if (!first || !second) throw new Error('no pair');
    const some: ProbeSettings = { ...NO_PROBES, flipAnswers: ['2'] };
    expect(rightUnder({ kind: 'flip' }, first, 'A', some)).toBe('A');
    expect(rightUnder({ kind: 'flip' }, second, 'A', some)).toBe('B');
    expect(rightUnder({ kind: 'flip' }, first, 'A', { ...NO_PROBES, flipAnswers: 'all' })).toBe('B');
    expect(rightUnder({ kind: 'swap' }, second, 'A', { ...NO_PROBES, flipAnswers: 'all' })).toBe('A');
  });
});
