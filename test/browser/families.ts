import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from '@playwright/test';
import { familyOf } from '../../src/core/models/families/registry.ts';
import { sessionFiles } from '../../src/core/models/families/sessions.ts';
import { DTYPE_SUFFIX, type Dtype } from '../../src/core/models/dtypes.ts';
import type { Scored, ScoreRequest } from '../support/lab/score.ts';

/** Each folder of test/families is a model with Hugging Face references: a new folder is a new test. */
const ROOT = fileURLToPath(new URL('../families', import.meta.url));
export const FAMILIES = readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, 'reference.json')));
/** Those that have a reference of their 4-bit weights, too. */
export const FAMILIES_Q4 = FAMILIES.filter((name) => existsSync(join(ROOT, name, 'reference_q4.json')));
const TOLERANCE = 1e-3;

interface OptionReference {
  readonly tokens: readonly number[];
  readonly token_logprobs: readonly number[];
  readonly ps: number;
  readonly ps_official: number;
}
interface ItemReference {
  readonly gd: { readonly A: number; readonly B: number; readonly chosen: string };
  readonly gd_ids?: readonly number[];
  readonly ps_ids?: readonly number[];
  readonly ps: Readonly<Record<'A' | 'B', OptionReference>>;
  readonly mc_text?: string;
}
export interface FamilyReference {
  readonly prompts: { readonly letter: string; readonly open: string };
  readonly items: Readonly<Record<string, Readonly<Record<'im_1' | 'im_2', ItemReference>>>>;
}
type Row = Readonly<Record<string, string>>;

export const json = <T>(...path: string[]): T => JSON.parse(readFileSync(join(ROOT, ...path), 'utf8')) as T;

function listing(dir: string, below = ''): { path: string; size: number }[] {
  return readdirSync(join(dir, below), { withFileTypes: true }).flatMap((e) =>
    e.isDirectory()
      ? listing(dir, `${below}${e.name}/`)
      : [{ path: below + e.name, size: statSync(join(dir, below, e.name)).size }],
  );
}

/** A model folder of a family, and where it is served. */
interface ServedModel {
  readonly folder: string;
  readonly base: string;
}

/** A request for the first `limit` pairs of a family's benchmark, with as many of the model's files in `dtype` as there are. */
export function familyRequest(
  name: string,
  dtype: Dtype,
  device: 'wasm' | 'webgpu',
  limit: number,
  model: ServedModel = { folder: join(ROOT, name, 'model'), base: `/test/families/${name}/model/` },
): ScoreRequest {
  const files = listing(model.folder);
  const has = (session: string, kind: Dtype): boolean =>
    files.some((f) => f.path === `onnx/${session}${DTYPE_SUFFIX[kind]}.onnx`);
  const family = familyOf(json<unknown>(name, 'model', 'config.json'));
  if (!family.ok) throw new Error(family.fault.message);
  const chosen = sessionFiles(family.value).map((s) => [s, has(s, dtype) ? dtype : 'fp32'] as const);
  const dataset = json<Record<string, Row>>(name, 'benchmark', 'data', 'dataset.json');
  const { prompts } = json<FamilyReference>(name, 'reference.json');
  const items = Object.entries(dataset)
    .slice(0, limit)
    .flatMap(([pair, row]) =>
      ([1, 2] as const).map((image) => ({
        image: `/test/families/${name}/benchmark/data/images/${row[`im_${image}_local`]}.png`,
        question: {
          pair,
          image,
          question: row['question'] ?? '',
          options: { A: row['option_A'] ?? '', B: row['option_B'] ?? '' },
          methods: ['gd', 'ps', 'mc'],
        },
      })),
    );
  return {
    base: model.base,
    files,
    device,
    dtype: Object.fromEntries(chosen),
    rung: { hideSubgroups: device === 'webgpu', fp32Accumulation: false },
    promptSet: { name: 'lookalike', system: null, prompts },
    items,
    render: true,
  };
}

/** Every number, every choice and every token id against the reference. */
export function compareFamily(scored: Scored, reference: FamilyReference): void {
  const item = (o: { pair: string; image: number }): ItemReference => {
    const found = reference.items[o.pair]?.[o.image === 1 ? 'im_1' : 'im_2'];
    if (!found) throw new Error(`No reference for ${o.pair}.`);
    return found;
  };
  for (const o of scored.outcomes) {
    if (o.status === 'failed') throw new Error(`${o.pair}/${o.image} ${o.method}: ${o.fault.message}`);
    const ref = item(o);
    const where = `${o.pair}/${o.image} ${o.method}`;
    if (o.method === 'mc') {
      // References hold the first eight tokens of the answer.
      if (ref.mc_text !== undefined) expect(o.text?.slice(0, ref.mc_text.length), where).toBe(ref.mc_text);
      continue;
    }
    for (const l of ['A', 'B'] as const) {
      const got = o.options?.[l];
      if (o.method === 'gd') expect(Math.abs((got?.score ?? NaN) - ref.gd[l]), where).toBeLessThan(TOLERANCE);
      else expect(got?.tokens, where).toEqual(ref.ps[l].tokens);
      if (o.method === 'ps-official')
        expect(Math.abs((got?.score ?? NaN) - ref.ps[l].ps_official), where).toBeLessThan(TOLERANCE);
      if (o.method === 'ps')
        got?.tokenLogprobs.forEach((p, i) =>
          expect(Math.abs(p - (ref.ps[l].token_logprobs[i] ?? NaN)), where).toBeLessThan(TOLERANCE),
        );
    }
    if (o.method === 'gd') expect(o.chosen, where).toBe(ref.gd.chosen);
  }
  for (const p of scored.rendered) {
    const ids = p.method === 'gd' ? item(p).gd_ids : p.method === 'ps' ? item(p).ps_ids : undefined;
    if (ids) expect(p.ids, `${p.pair}/${p.image} ${p.method} ids`).toEqual(ids);
  }
  for (const { planned, work } of scored.works) {
    const { prefills, prefillTokens, suffixes, suffixTokens } = work;
    expect({ prefills, prefillTokens, suffixes, suffixTokens }).toEqual({
      prefills: planned.prefills,
      prefillTokens: planned.prefillTokens,
      suffixes: planned.suffixes,
      suffixTokens: planned.suffixTokens,
    });
  }
}

/** Largest difference of two runs' log p over the same questions; texts must be equal. */
export function largestDifference(a: Scored['outcomes'], b: Scored['outcomes']): number {
  const numbers = (o: Scored['outcomes'][number]): readonly number[] =>
    o.status === 'scored' && o.options ? [...o.options.A.tokenLogprobs, ...o.options.B.tokenLogprobs] : [];
  const texts = (list: Scored['outcomes']): readonly unknown[] =>
    list.map((o) => (o.status === 'scored' ? [o.method, o.chosen, o.text] : [o.method, o.fault]));
  expect(texts(a)).toEqual(texts(b));
  const [x, y] = [a.flatMap(numbers), b.flatMap(numbers)];
  expect(x.length).toBeGreaterThan(0);
  expect(x.length).toBe(y.length);
  return Math.max(...x.map((v, i) => Math.abs(v - (y[i] ?? NaN))));
}
