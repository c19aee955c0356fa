import { describe, expect, it } from 'vitest';
import { readJson } from '../../../src/core/json.ts';

describe('JSON as Python writes it', () => {
  it('has no value where NaN and infinities stand', () => {
    const text = '{"rope_scaling": NaN, "limits": [0.0, Infinity, -Infinity], "name": "NaN", "hidden_size": 64}';
    expect(readJson(text)).toEqual({ rope_scaling: null, limits: [0, null, null], name: 'NaN', hidden_size: 64 });
  });
  it('may begin with a BOM', () => expect(readJson('\uFEFF{"a": 1}')).toEqual({ a: 1 }));
  it.each(['{"a": undefined}', '{', '', "{'a': 1}"])('%j is none even so', (text) =>
    expect(() => readJson(text)).toThrow(SyntaxError),
  );
});
