import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { resultsFiles } from '../../../src/core/exchange/results-folder.ts';
import { readOfficial } from '../../../src/core/exchange/import.ts';
import { readOfficialFiles } from '../../../src/core/exchange/import-files.ts';
import { importedRunInfo } from '../../../src/core/exchange/imported-run.ts';
import { folderFaults, schemaFaults } from '../../support/schemas.ts';
import { mediconfusion, text } from '../statistics/fixtures.ts';

const hash = (of: string): string => createHash('sha256').update(of).digest('hex');
const whole = mediconfusion();
/** The public benchmark, each image with a hash of the published form. */
const benchmark = {
  ...whole,
  pairs: whole.pairs.map((pair) => ({
    ...pair,
    images: [
      { ...pair.images[0], sha256: hash(pair.images[0].path ?? pair.id) },
      { ...pair.images[1], sha256: hash(pair.images[1].path ?? pair.id) },
    ] as const,
  })),
};

/** The results folder of the published GPT-4o run, as an import writes it. */
function imported(): ReadonlyMap<string, string> {
  const name = 'gpt_gpt4.json';
  const { runs } = readOfficialFiles([{ name, text: text(`official/${name}.gz`) }], benchmark);
  const [run] = runs;
  if (!run) throw new Error(JSON.stringify(readOfficial(text(`official/${name}.gz`), name, benchmark)));
  const about = { lookalike: '0.1.0', at: '2026-01-01T00:00:00.000Z', command: null, browser: 'Chromium' };
  const info = importedRunInfo(run, benchmark, { ...about, command: '' });
  return new Map(resultsFiles(info, benchmark, run.records, null).map((f) => [f.path, f.text]));
}

describe('the schemas of docs/results.md', () => {
  it('hold for a whole folder that was written', () => {
    const files = imported();
    expect(folderFaults((file) => files.get(file) ?? '')).toEqual([]);
  });

  const record = JSON.parse(imported().get('records.jsonl')?.split('\n')[0] ?? 'null') as Record<string, unknown>;
  it.each([
    ['an image that is neither 1 nor 2', { image: 3 }],
    ['a letter that is none', { chosen: 'C' }],
    ['a status of another kind', { status: 'skipped' }],
    ['a hash that is none', { imageSha256: 'blank' }],
    ['a failed record without its fault', { status: 'failed', chosen: null, correct: null, options: null }],
    ['a margin below zero', { margin: -1 }],
  ])('find %s', (_, change) => {
    expect(schemaFaults('record', record)).toEqual([]);
    expect(schemaFaults('record', { ...record, ...change })).not.toEqual([]);
  });

  it('find a run without its benchmark and a percentage over 100', () => {
    const files = imported();
    const run = JSON.parse(files.get('run.json') ?? '') as Record<string, unknown>;
    delete run['benchmark'];
    expect(schemaFaults('run', run)).not.toEqual([]);
    const changed = (files.get('summary.json') ?? '').replace(/"set": [\d.]+/, '"set": 101');
    expect(schemaFaults('summary', JSON.parse(changed))).not.toEqual([]);
  });
});
