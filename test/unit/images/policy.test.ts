import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policyFor } from '../../../src/core/images/policy.ts';

describe('policyFor', () => {
  const file = new URL('../../data/mediconfusion/dataset.json', import.meta.url);
  it.runIf(existsSync(file))("ignores orientation for MediConfusion's own questions", () => {
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    expect(policyFor(sha256).exif).toBe('ignore');
  });
  it('applies it for any other benchmark', () => {
    expect(policyFor('0'.repeat(64))).toEqual({ passOrder: 'horizontal-first', exif: 'apply', alpha: 'drop' });
  });
});
