import { describe, expect, it } from 'vitest';
import { fitScale, isWindowed, moved, PLAIN_VIEW, transferOf, windowed, zoomed } from '../../../src/ui/kit/view.ts';

describe('the view of a pair', () => {
  it('keeps the point under the pointer where it is', () => {
    const at = { x: 0.25, y: -0.1 };
    const before = moved(PLAIN_VIEW, 0.05, 0.02);
    const after = zoomed(before, 2, at);
    // A point of the image at offset p from its centre is seen at view.x + p * zoom.
    const p = { x: (at.x - before.x) / before.zoom, y: (at.y - before.y) / before.zoom };
    expect(after.x + p.x * after.zoom).toBeCloseTo(at.x, 12);
    expect(after.y + p.y * after.zoom).toBeCloseTo(at.y, 12);
  });

  it('does not zoom beyond its ends', () => {
    expect(zoomed(PLAIN_VIEW, 1e6).zoom).toBe(32);
    expect(zoomed(PLAIN_VIEW, 1e-6).zoom).toBe(0.5);
  });

  it('leaves grey values as they are at the plain window', () => {
    expect(transferOf(PLAIN_VIEW)).toEqual({ slope: 1, intercept: 0 });
    expect(isWindowed(PLAIN_VIEW)).toBe(false);
  });

  it('spreads the window from black to white', () => {
    const { slope, intercept } = transferOf({ window: 100, level: 60 });
    expect((slope * 10) / 255 + intercept).toBeCloseTo(0, 12);
    expect((slope * 110) / 255 + intercept).toBeCloseTo(1, 12);
  });

  it('never makes an empty window', () => {
    expect(windowed(PLAIN_VIEW, -1000, -1000)).toMatchObject({ window: 2, level: 0 });
  });

  it('fits the longer side', () => {
    expect(fitScale({ width: 200, height: 100 }, { width: 100, height: 100 })).toBe(0.5);
    expect(fitScale({ width: 0, height: 0 }, { width: 100, height: 100 })).toBe(1);
  });
});
