/**
 * Models that think before they answer write the thought into the same text. An answer is what stands behind the last thought; a text that ends inside
 * a thought holds no answer, which is something else than an answer that cannot be read.
 */

/** Note of an answer whose text ends inside a thought: the limit of new tokens cut it before the answer came. */
export const THOUGHT_CUT = 'thought-cut';

/** How families mark a thought: Qwen, DeepSeek and others; QwQ-like prompts; Kimi; Seed; MedGemma 27B; Magistral; Sky-T1; gpt-oss (channels). */
const MARKS: readonly (readonly [begin: RegExp, end: RegExp])[] = [
  [/<(?:think|thinking|thought|reasoning)>/gi, /<\/(?:think|thinking|thought|reasoning)>/gi],
  [/◁think▷/g, /◁\/think▷/g],
  [/<seed:think>/g, /<\/seed:think>/g],
  [/<unused94>/g, /<unused95>/g],
  [/\[THINK\]/g, /\[\/THINK\]/g],
  [/<\|begin_of_thought\|>/g, /<\|end_of_thought\|>/g],
  [/<\|channel\|>analysis<\|message\|>/g, /<\|channel\|>final<\|message\|>/g],
];

export interface Thoughtful {
  /** What stands behind the last thought; the whole text where there is none; '' where the text ends inside one. */
  readonly answer: string;
  /** The text ends inside a thought. */
  readonly cut: boolean;
}

/**
 * Parts an answer from the thought before it. An end without a beginning counts too: many templates write the beginning themselves.
 */
export function behindThought(text: string): Thoughtful {
  let answer = text;
  for (const [begin, end] of MARKS) {
    const closed = lastEnd(answer, end);
    if (closed > 0) answer = answer.slice(closed);
    if (lastEnd(answer, begin) > 0) return { answer: '', cut: true };
  }
  return { answer, cut: false };
}

/** Where the last match ends; 0 where there is none. */
function lastEnd(text: string, mark: RegExp): number {
  const last = [...text.matchAll(mark)].at(-1);
  return last ? last.index + last[0].length : 0;
}
