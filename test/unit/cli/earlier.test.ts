import { expect, test } from 'vitest';
import { createControl } from '../../../src/cli/control.ts';
import { earlierRun } from '../../../src/cli/earlier.ts';

const record = {
  pair: '1',
  image: 1,
  method: 'gd',
  right: 'A',
  imageSha256: '',
  status: 'failed',
  chosen: null,
  correct: null,
  options: null,
  fault: { code: 'unreadable', message: 'torn' },
  notes: [],
};

test('kept records come back as they were, to the order of their keys', () => {
  const { records } = earlierRun({ info: null, records: [record] });
  expect(JSON.stringify(records)).toBe(JSON.stringify([record]));
});

test('a record of another format is named with its line', () => {
  expect(() => earlierRun({ info: null, records: [record, { ...record, image: 3 }] })).toThrow(
    /records\.jsonl, line 2 is not of the format/,
  );
});

test('a run.json of another format is refused', () => {
  expect(() => earlierRun({ info: { format: 'something/2' }, records: [] })).toThrow(/run\.json is not of the format/);
});

test('a wish to stop that comes before the run stops it as soon as it is there', async () => {
  const control = createControl();
  let stopped = 0;
  await control.stop();
  expect(control.signal.aborted).toBe(true);
  control.onStop(async () => {
    stopped++;
  });
  expect(stopped).toBe(1);
});

test('a wish to stop reaches the run', async () => {
  const control = createControl();
  let stopped = 0;
  control.onStop(async () => {
    stopped++;
  });
  expect(stopped).toBe(0);
  await control.stop();
  expect(stopped).toBe(1);
});
