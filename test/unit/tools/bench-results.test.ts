import { expect, it } from 'vitest';
import { withSection } from '../../../tools/bench/results.mjs';

const section = (title: string, text: string): string => `## ${title}\n\n${text}\n`;

it('a bench replaces its own section of RESULTS.md and leaves the others', () => {
  const one = withSection('', 'Scoring on wasm', section('Scoring on wasm', 'first'));
  const two = withSection(one, 'Pair discovery', section('Pair discovery', 'pairs'));
  const three = withSection(two, 'Scoring on wasm', section('Scoring on wasm', 'second'));
  expect(three).toBe('# Bench\n\n## Pair discovery\n\npairs\n\n## Scoring on wasm\n\nsecond\n');
});
