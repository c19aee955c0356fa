/** How a family marks what its model thinks before it answers. */
interface ThoughtTags {
  readonly open: string;
  readonly close: string;
  /** An empty thought, as the family's own template writes it. */
  readonly empty: string;
}

/** Marks in use: Qwen, DeepSeek and most; Magistral; Kimi; Seed; MedGemma 27B; templates that spell the word out. */
export const THOUGHTS: readonly ThoughtTags[] = [
  { open: '<think>', close: '</think>', empty: '<think>\n\n</think>\n\n' },
  { open: '<thinking>', close: '</thinking>', empty: '<thinking>\n\n</thinking>\n\n' },
  { open: '[THINK]', close: '[/THINK]', empty: '[THINK][/THINK]' },
  { open: '◁think▷', close: '◁/think▷', empty: '◁think▷◁/think▷' },
  { open: '<seed:think>', close: '</seed:think>', empty: '<seed:think></seed:think>' },
  { open: '<unused94>', close: '<unused95>', empty: '<unused94>thought\n<unused95>' },
];

/** The marks of the thought that a rendered prompt leaves open at its end; null: it leaves none open. */
export function openThought(prompt: string): ThoughtTags | null {
  const end = prompt.trimEnd();
  return THOUGHTS.find((t) => end.endsWith(t.open)) ?? null;
}

/** The prompt with the thought at its end closed and empty; as it was, where it leaves none open. */
export function closeThought(prompt: string): string {
  const tags = openThought(prompt);
  return tags === null ? prompt : prompt.slice(0, prompt.trimEnd().length - tags.open.length) + tags.empty;
}

/** An answer taken apart. `answer` null: the reply ended inside the thought. */
export interface Reply {
  readonly thought: string | null;
  readonly answer: string | null;
}

/**
 * What a model thought, and what it answered behind the last end of a thought.
 * @param text the model's reply
 * @param begun the prompt left a thought open, so that the reply begins inside it
 */
export function splitThought(text: string, begun: boolean): Reply {
  const ends = THOUGHTS.map(({ close }) => ({ close, at: text.lastIndexOf(close) })).filter((e) => e.at >= 0);
  const last = ends.reduce<(typeof ends)[number] | null>((a, b) => (a === null || b.at > a.at ? b : a), null);
  if (last !== null) {
    const behind = text.slice(last.at + last.close.length);
    // Opened anew and not ended.
    if (THOUGHTS.some(({ open }) => behind.trimStart().startsWith(open))) return { thought: text, answer: null };
    return { thought: text.slice(0, last.at), answer: behind.trimStart() };
  }
  const inside = begun || THOUGHTS.some(({ open }) => text.trimStart().startsWith(open));
  return inside ? { thought: text, answer: null } : { thought: null, answer: text };
}

/** Note of a likelihood that was read behind an empty thought. */
export const EMPTY_THOUGHT = 'empty-thought';
