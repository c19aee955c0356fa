import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readQuestions } from '../../../src/core/benchmark/read.ts';
import { summarise } from '../../../src/core/statistics/summary.ts';
import { json, policy } from './fixtures.ts';

/** Choices of the demo model by method: one letter a question, '-' invalid. */
interface Choices {
  summary: Record<string, Record<string, number>>;
  [method: string]: unknown;
}
const choices = json('demo-choices.json') as Choices;
const file = new URL('../../../public/benchmarks/phantoms/data/dataset.json', import.meta.url);
const read = readQuestions('phantoms', { path: 'data/dataset.json', text: readFileSync(file, 'utf8'), sha256: '' });
if (!read.ok) throw new Error(read.fault.message);
const benchmark = read.value;

describe("the demo's reference answers", () => {
  it.each(Object.keys(choices.summary))('of %s give the summary of the reference', (method) => {
    const letters = String(choices[method]);
    const at = new Map(benchmark.pairs.map((p, i) => [p.id, i * 2]));
    const answers = policy(benchmark, method, (p, image) => {
      const letter = letters[(at.get(p.id) ?? 0) + image - 1];
      return letter === 'A' || letter === 'B' ? letter : null;
    });
    expect(summarise(benchmark, answers).methods[method]).toMatchObject(choices.summary[method] ?? {});
    expect(letters).toHaveLength(138);
  });
});
