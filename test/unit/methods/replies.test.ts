import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parseJudge } from '../../../src/core/methods/ff.ts';
import { PARSERS } from '../../../src/core/methods/mc.ts';
import { behindThought } from '../../../src/core/methods/thought.ts';

/** Replies made by hand, each of a kind that models and judges really write, with what must be read in it. */
const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../data/replies/${name}.json`, import.meta.url), 'utf8'));
const Letter = v.nullable(v.picklist(['A', 'B']));
const Answers = v.array(
  v.object({ kind: v.string(), text: v.string(), strict: Letter, published: v.optional(Letter) }),
);
const Verdicts = v.array(
  v.object({ kind: v.string(), text: v.string(), scores: v.nullable(v.object({ a: v.number(), b: v.number() })) }),
);

describe('MC answers', () => {
  it.each(v.parse(Answers, read('mc')).map((r) => [r.kind, r.text, r] as const))('%s: %j', (_, text, reply) => {
    expect(PARSERS.strict(text)).toBe(reply.strict);
    if (reply.published !== undefined) expect(PARSERS.published(text)).toBe(reply.published);
  });
});

describe("judges' verdicts", () => {
  it.each(v.parse(Verdicts, read('judge')).map((r) => [r.kind, r.text, r.scores] as const))(
    '%s: %j',
    (_, text, scores) => {
      expect(parseJudge(text)).toEqual(scores);
    },
  );
});

describe('a thought', () => {
  it.each([
    ['B', 'B', false],
    ['<think>A</think>B', 'B', false],
    ['A</think>\nB', '\nB', false],
    ['<think>a</think>b<think>c</think>d', 'd', false],
    ['<think>A', '', true],
    ['<think>A</think>B<think>', '', true],
    ['', '', false],
  ])('%j: the answer is %j, cut: %j', (text, answer, cut) => expect(behindThought(text)).toEqual({ answer, cut }));
});
