import { describe, expect, test } from 'vitest';
import { patternPrompt, readPatterns, type PatternPair } from '../../../src/core/drafting/patterns.ts';

const pair = (id: string): PatternPair => ({
  id,
  captions: [`Left\nlung ${id}`, ''],
  question: 'Which side?',
  options: ['Left', 'Right'],
});

test('the prompt is that of appendix A.3, a block a pair', () => {
  const { system, user } = patternPrompt([pair('a'), pair('b')]);
  expect(system).toBe('You are a helpful assistant expert in the medical domain.');
  const lines = user.split('\n');
  expect(lines[0]).toMatch(/^I am analyzing an image embedding model\. .* important to vision models\.$/);
  expect(lines.slice(1, 6)).toEqual([
    'Pair 1',
    'First image description: Left lung a',
    'Second image description: (none)',
    'Confusing multiple choice question: Which side? A: Left B: Right',
    'Pair 2',
  ]);
});

describe('patterns of a reply', () => {
  const names = (text: string): readonly string[] => readPatterns(text).map((p) => p.name);
  test.each([
    ['1. Normal vs. pathology: variants look ill.\n2. Devices: wires', ['Normal vs. pathology', 'Devices']],
    [
      '1. **Lesion Signal Characteristics**: bright\n2. **Devices** - wires',
      ['Lesion Signal Characteristics', 'Devices'],
    ],
    ['- Contrast - with or without\n* Laterality', ['Contrast', 'Laterality']],
    ['**Laterality:** left and right\n\n**Size** large', ['Laterality', 'Size']],
    ['### 1. Laterality\nLeft and right.\n### 2. Size\nLarge.', ['Laterality', 'Size']],
    ['1) Laterality\n   - left\n   - right\n2) Size', ['Laterality', 'Size']],
    ['<think>1. No: this is thought</think>\n1. Size: large', ['Size']],
    ['1. Size: large\n2. SIZE: again', ['Size']],
    ['I cannot see any pattern.', []],
    ['1. This is a whole long sentence about many things that a model might do wrong, which names nothing', []],
    ['', []],
    ['1. 42\n- ---', []],
  ] as const)('%j', (text, expected) => expect(names(text)).toEqual(expected));

  test('come with their meaning, in the same line or below', () => {
    expect(
      readPatterns('Here they are:\n1. **Size**: large or small.\n2. Side\n   - left or right\n3. Tone\nGrey.'),
    ).toEqual([
      { name: 'Size', meaning: 'large or small.' },
      { name: 'Side', meaning: 'left or right' },
      { name: 'Tone', meaning: 'Grey.' },
    ]);
  });
});
