import { expect, test } from 'vitest';
import { keepOfficial } from '../../../src/app/results/keep.ts';
import { officialRuns } from '../../../src/app/results/official.ts';
import { readResultsAnew } from '../../../src/app/results/reread.ts';
import type { Pair } from '../../../src/core/benchmark/types.ts';
import { readOfficialFiles, type OfficialFiles } from '../../../src/core/exchange/import-files.ts';
import { recordKey, type ResultRecord } from '../../../src/core/records/record.ts';
import { putBenchmark } from '../../../src/store/benchmarks.ts';
import { recordsOf } from '../../../src/store/records.ts';
import { mediconfusion, text } from '../statistics/fixtures.ts';
import { freshStore } from '../store/fixtures.ts';

const questions = mediconfusion();
const benchmark = { ...questions, pairs: questions.pairs.map(withoutImages) };
const at = '2026-01-02T03:04:05Z';
const official = (name: string): { name: string; text: string } => ({ name, text: text(`official/${name}.gz`) });
const whole = readOfficialFiles(['gpt_mc.json', 'gpt_gpt4.json'].map(official), benchmark);

function withoutImages(pair: Pair): Pair {
  const [one, two] = pair.images;
  return {
    ...pair,
    images: [
      { ...one, sha256: null },
      { ...two, sha256: null },
    ],
  };
}

/** The file with the answer to one image of its first pair taken out. */
function torn(): OfficialFiles {
  const file = JSON.parse(official('gpt_mc.json').text);
  const [first = ''] = Object.keys(file);
  delete file[first].answer.im2;
  return readOfficialFiles([{ name: 'gpt_mc.json', text: JSON.stringify(file) }], benchmark);
}

test('official files of one model are one run, and a file that is none is named', () => {
  const [run, ...others] = officialRuns(whole, benchmark, { acceptPartial: false, at });
  expect(others).toEqual([]);
  expect(run?.info.model.id).toBe('gpt');
  expect(run?.info.methods).toEqual(['mc', 'ff']);
  const none = readOfficialFiles([{ name: 'x.json', text: '{}' }], benchmark);
  expect(() => officialRuns(none, benchmark, { acceptPartial: false })).toThrow('x.json must be named');
});

test('files with errors are refused by the same sentence at both entrances, unless a part is agreed to', async () => {
  const store = await freshStore();
  const kept = await putBenchmark(store, benchmark, new Map());
  const read = torn();
  const refused = 'gpt_mc.json has 1 error.';
  expect(() => officialRuns(read, benchmark, { acceptPartial: false })).toThrow(refused);
  await expect(keepOfficial(store, read.runs, kept, { acceptPartial: false })).rejects.toThrow(refused);
  const [id = ''] = await keepOfficial(store, read.runs, kept, { acceptPartial: true });
  const [run] = officialRuns(read, benchmark, { acceptPartial: true });
  const byKey = (records: readonly ResultRecord[]): unknown =>
    Object.fromEntries(records.map((r) => [recordKey(r), r]));
  expect(byKey(await recordsOf(store, id))).toEqual(byKey(run?.records ?? []));
});

test('results are read anew against their own benchmark only', () => {
  const [run] = officialRuns(whole, benchmark, { acceptPartial: false, at });
  if (!run) throw new Error('nothing was read');
  const strict = readResultsAnew(run, benchmark, { mcParser: 'strict' });
  expect(strict.info.reading).toEqual({ mcParser: 'strict', ffGap: 3 });
  expect(strict.records).toEqual(run.records);
  const other = { ...benchmark, name: 'other', sha256: 'f'.repeat(64) };
  expect(() => readResultsAnew(run, other, {})).toThrow(
    /^This run cannot go on as it was: .*mediconfusion \(\w{8}\).*other \(ffffffff\)/,
  );
});
