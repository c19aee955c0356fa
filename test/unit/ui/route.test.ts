import { describe, expect, it } from 'vitest';
import { hrefOf, readHash, type Route } from '../../../src/ui/shared/route.ts';

const pages: readonly (readonly [string, Route])[] = [
  ['', { name: 'start' }],
  ['#/', { name: 'start' }],
  ['#/models', { name: 'models' }],
  ['#/benchmarks', { name: 'benchmarks' }],
  ['#/benchmarks/ab12', { name: 'benchmark', id: 'ab12' }],
  ['#/benchmarks/ab12/take', { name: 'reader', id: 'ab12' }],
  ['#/run', { name: 'plan' }],
  ['#/runs', { name: 'runs' }],
  ['#/runs/r1', { name: 'run', id: 'r1' }],
  ['#/runs/r1/certificate', { name: 'certificate', id: 'r1' }],
  ['#/runs/r1/judge', { name: 'judge', id: 'r1' }],
  ['#/runs/r1/items/50001', { name: 'item', id: 'r1', pair: '50001' }],
  ['#/curate', { name: 'curate' }],
  ['#/curate/review', { name: 'review' }],
  ['#/compare', { name: 'compare' }],
  ['#/settings', { name: 'settings' }],
];

describe('addresses', () => {
  it.each(pages)('%s names its page', (hash, route) => {
    expect(readHash(hash).route).toEqual(route);
  });

  it.each(pages)('%s comes back from its page', (_hash, route) => {
    if (route.name === 'unknown') throw new Error('unreachable');
    expect(readHash(hrefOf(route)).route).toEqual(route);
  });

  it.each(['#/nowhere', '#/runs/r1/other', '#/runs/r1/items', '#/models/x', '#/runs/r1/items/1/2', '#/runs/%E0%A4%A'])(
    '%s is unknown and says its path',
    (hash) => {
      expect(readHash(hash).route).toEqual({ name: 'unknown', path: hash.slice(1) });
    },
  );

  it('keeps ids with slashes, spaces and percent signs', () => {
    const route = { name: 'item', id: 'a/b c', pair: '50%/?' } as const;
    expect(readHash(hrefOf(route)).route).toEqual(route);
  });

  it('reads what stands behind the question mark', () => {
    expect(readHash('#/runs/r1?show=failures&method=gd')).toEqual({
      route: { name: 'run', id: 'r1' },
      query: { show: 'failures', method: 'gd' },
    });
  });
});
