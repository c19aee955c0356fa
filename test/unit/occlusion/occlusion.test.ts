import { describe, expect, it } from 'vitest';
import { encodesOf, occlude, type OcclusionPorts, type OcclusionRequest } from '../../../src/app/occlude.ts';
import { cellCorners } from '../../../src/core/images/changes/change.ts';
import { USUAL_STROKE } from '../../../src/core/images/marks/mark.ts';
import { imageKey } from '../../../src/core/images/ref.ts';
import { keptMaps, occlusionText, type OcclusionFile } from '../../../src/core/occlusion/file.ts';
import { occlusionMap, regionEffects, scaleOf, shareIn, type OcclusionMap } from '../../../src/core/occlusion/map.ts';
import { occlusionPicture, tintOf } from '../../../src/core/occlusion/picture.ts';
import { imagesOfPlan, planOcclusion, USUAL_OCCLUSION } from '../../../src/core/occlusion/plan.ts';
import { NO_WORK } from '../../../src/core/plan/types.ts';
import { fakeBenchmark, fakeConfig, fakeEngine, type FakeEngine } from '../../support/fake-engine.ts';

const benchmark = fakeBenchmark(['a', 'b', 'c', 'd']);
const [pair] = benchmark.pairs;
if (!pair) throw new Error('no pair');
const mark = { kind: 'point', x: 3, y: 4, ...USUAL_STROKE } as const;
const request = (grid: number, images: readonly (1 | 2)[] = [1]): OcclusionRequest => ({
  benchmark,
  config: fakeConfig({ methods: ['gd'] }),
  settings: { ...USUAL_OCCLUSION, grid },
  looks: images.map((image) => ({ pair, image, regions: [] })),
});

function ports(fake: FakeEngine, kept = new Map<string, OcclusionMap>()) {
  const told: [number, number][] = [];
  const made: OcclusionPorts = {
    engine: async () => fake.engine,
    kept: async (key) => kept.get(key) ?? null,
    keep: async (key, map) => void kept.set(key, map),
    says: (_, done, total) => void told.push([done, total]),
    stopped: () => false,
  };
  return { ports: made, kept, told };
}

describe('the plan of an occlusion map', () => {
  it('asks about the whole image and each cell, 65 images for a grid of 8', () => {
    const plan = planOcclusion(pair, 1, { grid: 8, fill: 'grey' });
    expect(imagesOfPlan(plan)).toHaveLength(65);
    expect(new Set(imagesOfPlan(plan).map(imageKey)).size).toBe(65);
    expect(plan.cells[9]).toMatchObject({ changes: [{ kind: 'cell', grid: 8, row: 1, column: 1, fill: 'grey' }] });
    expect(imagesOfPlan(planOcclusion(pair, 1, { grid: 2, fill: 'blur' }, [mark]))).toHaveLength(6);
  });
  it.each([0, 33, 2.5, Number.NaN])('refuses a grid of %d', (grid) => {
    expect(() => planOcclusion(pair, 1, { grid, fill: 'grey' })).toThrow(/whole number from 1 to 32/);
  });
  it('covers every pixel by one cell, whatever the size', () => {
    for (const [width, height, grid] of [
      [128, 128, 8],
      [61, 47, 8],
      [5, 3, 4],
    ] as const) {
      const seen = new Uint8Array(width * height);
      for (let i = 0; i < grid * grid; i++) {
        const c = cellCorners({ grid, row: Math.floor(i / grid), column: i % grid }, { width, height });
        for (let y = c.y0; y < c.y1; y++)
          for (let x = c.x0; x < c.x1; x++) seen[y * width + x] = (seen[y * width + x] ?? 0) + 1;
      }
      expect(seen.every((n) => n === 1)).toBe(true);
    }
  });
});

describe('looking', () => {
  it('costs as many encodes as were said before, and a second look none', async () => {
    const fake = fakeEngine();
    const { ports: p, kept, told } = ports(fake);
    expect(encodesOf(request(8, [1, 2]))).toBe(130);
    const first = await occlude(request(8), p);
    expect(first.work).toMatchObject({ imageEncodes: 65, prefills: 65 });
    expect(fake.log.filter((l) => l.startsWith('score'))).toHaveLength(65);
    expect(told.at(-1)).toEqual([65, 65]);
    const again = fakeEngine();
    const second = await occlude(request(8), ports(again, kept).ports);
    expect(second.work).toEqual(NO_WORK);
    expect(second.maps).toEqual(first.maps);
    expect(again.log).toEqual(['end']);
  });
  it('counts the image that the check of the device encoded', async () => {
    const fake = fakeEngine();
    fake.trial = [pair.images[0].sha256 ?? ''];
    const { work } = await occlude(request(2), ports(fake).ports);
    expect(work.imageEncodes).toBe(5);
  });
  it('asks anew where the grid, the filling or the question is another', async () => {
    const { ports: p, kept } = ports(fakeEngine());
    await occlude(request(2), p);
    await occlude({ ...request(2), settings: { ...USUAL_OCCLUSION, grid: 2, fill: 'grey' } }, p);
    await occlude(request(3), p);
    expect(kept.size).toBe(3);
  });
  it('stops when it is asked to, and keeps the maps that are whole', async () => {
    const fake = fakeEngine();
    const { ports: p, kept } = ports(fake);
    let asked = 0;
    fake.onScore = () => void asked++;
    const stopping = { ...p, stopped: () => asked >= 6 };
    await expect(occlude(request(2, [1, 2]), stopping)).rejects.toThrow('stopped');
    expect(kept.size).toBe(1);
    expect(fake.log.at(-1)).toBe('end');
  });
  it('refuses a method that reads no likelihoods', async () => {
    const wrong = { ...request(2), settings: { ...USUAL_OCCLUSION, grid: 2, method: 'mc' } };
    await expect(occlude(wrong, ports(fakeEngine()).ports)).rejects.toThrow('reads no likelihoods');
  });
});

const head = { pair: '1', image: 1, imageSha256: 'x', method: 'gd', right: 'A', grid: 2, fill: 'grey' } as const;
const scores = (d: number) => ({ A: d - 3, B: -3 });

describe('a map', () => {
  const map = occlusionMap(head, [scores(1), scores(0), scores(1), scores(1.5), scores(1), scores(-1)]);
  it('is the change of log p(A) - log p(B), cell by cell, and of each region', () => {
    expect(map.plain).toEqual(scores(1));
    expect(map.cells).toEqual([-1, 0, 0.5, 0]);
    expect(map.regions).toEqual([-2]);
    expect(scaleOf([map])).toBe(1);
  });
  it('says whether a region carries the answer: without it there is another', () => {
    expect(regionEffects(map)).toEqual([{ change: -2, without: -1, turns: true }]);
    expect(regionEffects({ ...map, regions: [0.25] })).toEqual([{ change: 0.25, without: 1.25, turns: false }]);
  });
  it('says how much of the change lies in a region, each cell spread evenly', () => {
    const size = { width: 10, height: 10 };
    expect(shareIn(map, { x0: 0, y0: 0, x1: 5, y1: 5 }, size)).toEqual({ change: 1 / 1.5, area: 0.25 });
    expect(shareIn(map, { x0: 0, y0: 0, x1: 5, y1: 2.5 }, size)).toEqual({ change: 0.5 / 1.5, area: 0.125 });
    expect(shareIn({ ...map, cells: [0, 0, 0, 0] }, { x0: 0, y0: 0, x1: 5, y1: 5 }, size)).toBeNull();
    expect(shareIn(map, { x0: 20, y0: 0, x1: 25, y1: 5 }, size)).toBeNull();
  });
  it('comes back from its file, and from nothing else', () => {
    const file: OcclusionFile = {
      format: 'lookalike-occlusion/1',
      ...{ lookalike: '0', benchmark: { name: 'b', sha256: 's' }, model: 'm' },
      ...{ device: null, certified: true, work: NO_WORK, maps: [{ key: 'k', map }] },
    };
    expect(keptMaps(occlusionText(file))).toEqual([{ key: 'k', map }]);
    expect(keptMaps('{')).toEqual([]);
    expect(keptMaps('{"format":"lookalike-occlusion/1","maps":[{"key":"k","map":{}}]}')).toEqual([]);
  });
});

describe('the picture of maps', () => {
  it('shows both images side by side with one colour scale', () => {
    const one = occlusionMap(head, [scores(0), scores(-1), scores(0), scores(0), scores(0)]);
    const two = occlusionMap({ ...head, image: 2 }, [scores(0), scores(0.5), scores(0), scores(0), scores(0)]);
    const grey = { width: 8, height: 8, channels: 3, data: new Uint8Array(192).fill(100) } as const;
    const picture = occlusionPicture([
      { map: one, image: grey },
      { map: two, image: grey },
    ]);
    expect([picture.width, picture.height]).toEqual([384 * 2 + 12, 384 + 64]);
    const at = (x: number, y: number) => [
      ...picture.data.subarray((y * picture.width + x) * 3, (y * picture.width + x) * 3 + 3),
    ];
    const mix = (change: number) => {
      const { colour, strength } = tintOf(change, 1);
      return colour.map((c) => Math.round(100 * (1 - strength) + c * strength));
    };
    expect(at(10, 10)).toEqual(mix(-1));
    expect(at(384 + 12 + 10, 10)).toEqual(mix(0.5));
    expect(at(300, 300)).toEqual([100, 100, 100]);
  });
});
