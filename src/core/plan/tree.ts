import type { Read, Segment, Sequence, Tree, TreeWork } from './types.ts';

/**
 * Below this many tokens a shared stretch is computed again in each branch: one more decoder run costs more than the tokens (every run copies the parent's
 * KV state and pays the runtime's fixed cost). Measured on SmolVLM 256M's shape in q4 on WASM, processor time of one thread: a run costs 90 ms and 14 ms a
 * token, so a run is worth 6 tokens. Where 4-bit weights stay packed (workers/onnx/unpack.ts) it is 400 ms and 20 ms a token, worth 20.
 */
const MIN_SHARED = 8;

export interface PlannedSequence extends Sequence {
  /** Tokens before this index are the prompt, the rest an option; decides what counts as prefill and what as suffix. */
  readonly promptLength: number;
  /**
   * What stands behind the tokens but is not among them (an encoder's output): sequences of different contexts share nothing. Encoder-decoder exports
   * attend without a causal mask when several tokens are added to a cache, so a sequence with a context is always computed whole.
   */
  readonly context?: string;
  /** The prompt is one run, shared only by sequences that have the same prompt: its tokens see each other both ways, or its image depends on its text. */
  readonly whole?: boolean;
  /** The prompt's text, where the image's features depend on it. */
  readonly instruction?: string;
  /** The prompt shows no image (sensitivity, PMI). */
  readonly blind?: boolean;
}

interface Draft {
  id: number;
  parent: number | null;
  start: number;
  end: number;
  ids: readonly number[];
  members: readonly PlannedSequence[];
  children: number[];
}

/** Number of tokens of a sequence that must be computed: up to its last read, or all of them when decoding goes on from its end. */
function neededLength(s: Sequence): number {
  if (s.decode > 0) return s.ids.length;
  return s.reads.reduce((n, r) => Math.max(n, r.position + 1), 0);
}

/**
 * Makes the tree of token segments of a group: tokens that sequences share are computed once.
 * @param sequences prompts and prompts with options, image tokens expanded; all of one image (or of none)
 * @param cut index where the group's own image begins; what stands before it may be kept for other groups. 0 for no cut
 * @returns segments in depth-first order (a parent before its children), and the work they cost
 */
export function planTree(sequences: readonly PlannedSequence[], cut = 0, minShared = MIN_SHARED): Tree {
  const drafts: Draft[] = [];
  const paths: Record<string, number[]> = {};
  for (const s of sequences) {
    if (paths[s.key] !== undefined) throw new Error(`Two sequences share the key ${s.key}.`);
    paths[s.key] = [];
  }
  const wanted = sequences.filter((s) => neededLength(s) > 0);

  const emit = (members: readonly PlannedSequence[], parent: number | null, start: number, end: number): number => {
    const id = drafts.length;
    const first = members[0];
    if (first === undefined) throw new Error('A segment without sequences was planned.');
    drafts.push({ id, parent, start, end, ids: first.ids.slice(start, end), members, children: [] });
    if (parent !== null) drafts[parent]?.children.push(id);
    for (const m of members) paths[m.key]?.push(id);
    return id;
  };

  /** `members` agree on [0, from); [start, from) is not computed yet. */
  const grow = (members: readonly PlannedSequence[], parent: number | null, start: number, from: number): void => {
    const shared = Math.max(from, commonLength(members));
    let at = start;
    let above = parent;
    if (start < cut && cut <= shared && cut - start >= minShared) {
      above = emit(members, above, start, cut);
      at = cut;
    }
    const ended = members.filter((m) => neededLength(m) <= shared);
    const going = members.filter((m) => neededLength(m) > shared);
    const worth = shared - at >= minShared || ended.length > 0 || members.length === 1;
    if (worth && shared > at) {
      above = emit(members, above, at, shared);
      at = shared;
    }
    for (const branch of branches(going, shared)) grow(branch, above, at, shared);
  };
  for (const branch of branches(
    wanted.filter((s) => s.context === undefined && !s.whole),
    0,
  ))
    grow(branch, null, 0, 0);
  for (const members of byPrompt(wanted.filter((s) => s.whole))) {
    const end = members[0]?.promptLength ?? 0;
    const prompt = emit(members, null, 0, end);
    const going = members.filter((m) => neededLength(m) > end);
    for (const branch of branches(going, end)) grow(branch, prompt, end, end);
  }
  for (const s of wanted) if (s.context !== undefined) emit([s], null, 0, neededLength(s));

  const segments = drafts.map((d): Segment => finish(d, cut));
  return { segments, paths, work: countWork(segments, drafts) };
}

/** Longest stretch from 0 on which all members agree and which all of them need. */
function commonLength(members: readonly PlannedSequence[]): number {
  const first = members[0];
  if (first === undefined) return 0;
  let n = Math.min(...members.map(neededLength));
  for (const m of members) {
    let i = 0;
    while (i < n && m.ids[i] === first.ids[i]) i++;
    n = i;
  }
  return n;
}

/** Splits members by their token at `at`, in order of first appearance. */
function branches(members: readonly PlannedSequence[], at: number): PlannedSequence[][] {
  const by = new Map<number, PlannedSequence[]>();
  for (const m of members) {
    const token = m.ids[at];
    if (token === undefined) continue;
    const list = by.get(token);
    if (list) list.push(m);
    else by.set(token, [m]);
  }
  return [...by.values()];
}

/** Sequences with the same prompt, in order of first appearance. */
function byPrompt(members: readonly PlannedSequence[]): PlannedSequence[][] {
  const by = new Map<string, PlannedSequence[]>();
  for (const m of members) {
    const key = `${m.blind}:${m.ids.slice(0, m.promptLength).join(',')}`;
    by.set(key, [...(by.get(key) ?? []), m]);
  }
  return [...by.values()];
}

function finish(d: Draft, cut: number): Segment {
  const reads = new Map<number, Set<number>>();
  for (const m of d.members)
    for (const r of m.reads) {
      if (r.position < d.start || r.position >= d.end) continue;
      const targets = reads.get(r.position) ?? new Set<number>();
      for (const t of r.targets) targets.add(t);
      reads.set(r.position, targets);
    }
  const merged: Read[] = [...reads]
    .sort((a, b) => a[0] - b[0])
    .map(([position, targets]) => ({ position, targets: [...targets].sort((a, b) => a - b) }));
  const decodes = d.members
    .filter((m) => m.decode > 0 && m.ids.length === d.end)
    .map((m) => ({ key: m.key, limit: m.decode }));
  const { id, parent, start, end, ids, children } = d;
  return { id, parent, start, end, ids, reads: merged, decodes, children, shared: end <= cut };
}

function countWork(segments: readonly Segment[], drafts: readonly Draft[]): TreeWork {
  const work = { prefills: 0, prefillTokens: 0, suffixes: 0, suffixTokens: 0, decodes: 0 };
  segments.forEach((s, i) => {
    const n = s.end - s.start;
    if (isSuffix(s, drafts[i]?.members ?? [])) {
      work.suffixes += 1;
      work.suffixTokens += n;
    } else {
      work.prefills += 1;
      work.prefillTokens += n;
    }
    work.decodes += s.decodes.length;
  });
  return work;
}

/** A suffix holds option tokens only. */
function isSuffix(s: Segment, members: readonly PlannedSequence[]): boolean {
  return members.every((m) => s.start >= m.promptLength);
}
