import { fault, FaultError } from '../../src/core/fault.ts';
import type { PlannedSequence } from '../../src/core/plan/tree.ts';
import type { Segment, Tree, Work } from '../../src/core/plan/types.ts';
import { logSoftmaxAt } from '../../src/core/methods/likelihood.ts';
import type { Decoder, Logits, State } from './decoder.ts';
import { decodeGreedy, type DecodeSettings } from './decode.ts';
import { embedSegment, type Embed, type PromptContext } from './embed.ts';
import type { StateCache } from './cache.ts';
import type { HeldSegment, Ran } from './held.ts';

/** log p by sequence and position, and decoded token ids by sequence. */
export interface Readings {
  at(key: string, position: number): ReadonlyMap<number, number>;
  decoded(key: string): readonly number[];
}

export interface ExecuteDeps {
  readonly decoder: Decoder;
  /** null: a text model, which takes token ids. */
  readonly embed: Embed | null;
  readonly cache: StateCache;
  readonly settings: DecodeSettings;
  /** Key of a shared segment: what stands before the group's own image. null: nothing may be shared. */
  sharedKey(segment: Segment): string | null;
  /** Holds the segment that a tree begins with, for the next tree; without it, segments go with their walk. */
  readonly held?: HeldSegment | undefined;
  contextOf(key: string): PromptContext;
  /** Counted as it is done. */
  readonly work: Work;
}

/**
 * Walks a tree depth first: each segment extends its parent's state once, its reads are taken, its children follow, and its state is disposed
 * when the last of them is done. At most one path of states is alive. Shared segments belong to the cache, which disposes them.
 */
export async function executeTree(
  tree: Tree,
  sequences: readonly PlannedSequence[],
  deps: ExecuteDeps,
): Promise<Readings> {
  const bySegment = new Map<number, Map<number, Map<number, number>>>();
  const decoded = new Map<string, readonly number[]>();
  const byKey = new Map(sequences.map((s) => [s.key, s]));
  const owner = ownerOf(tree);

  async function visit(segment: Segment, parent: State): Promise<void> {
    const sequence = byKey.get(owner.get(segment.id) ?? '');
    if (!sequence) throw new FaultError(fault('internal', `Segment ${segment.id} belongs to no sequence.`));
    const shared = isKept(segment) ? deps.sharedKey(segment) : null;
    const kept = shared === null ? null : deps.cache.get(shared);
    const held = segment.parent === null && shared === null ? deps.held : undefined;
    const fresh = (): Promise<Ran> => run(segment, sequence, parent);
    const { state, logits } = kept
      ? { state: kept, logits: null }
      : held
        ? await held.of(segment, fresh)
        : await fresh();
    if (shared !== null && !kept) deps.cache.put(shared, state);
    try {
      if (logits) bySegment.set(segment.id, take(segment, logits));
      for (const d of segment.decodes) {
        if (!logits) throw new FaultError(fault('internal', 'A decode was planned on a cached segment.'));
        const first = logits.row(logits.rows - 1);
        decoded.set(d.key, await decodeGreedy(first, state, d.limit, byKey.get(d.key) ?? sequence, deps));
      }
      for (const child of segment.children) {
        const next = tree.segments[child];
        if (next) await visit(next, state);
      }
    } finally {
      if (shared === null && !held) state.dispose();
    }
  }

  async function run(segment: Segment, sequence: PlannedSequence, parent: State): Promise<Ran> {
    const step = await embedSegment(deps.embed, sequence.ids, segment.start, segment.end, deps.contextOf(sequence.key));
    const first = segment.reads[0]?.position ?? segment.end - 1;
    const out = await deps.decoder.extend(parent, step, segment.end - first);
    const suffix = segment.start >= sequence.promptLength;
    deps.work[suffix ? 'suffixes' : 'prefills'] += 1;
    deps.work[suffix ? 'suffixTokens' : 'prefillTokens'] += segment.end - segment.start;
    return out;
  }

  for (const segment of tree.segments) {
    if (segment.parent !== null) continue;
    const empty = deps.decoder.empty();
    await visit(segment, empty);
    empty.dispose();
  }
  return readings(tree, bySegment, decoded);
}

/** Whether a segment's state may be kept for other groups: it stands before the group's image and nothing is read from it. */
export function isKept(segment: Segment): boolean {
  return segment.shared && segment.reads.length === 0 && segment.decodes.length === 0;
}

/** For each segment, one sequence that passes through it. */
function ownerOf(tree: Tree): Map<number, string> {
  const owner = new Map<number, string>();
  for (const [key, path] of Object.entries(tree.paths)) for (const id of path) if (!owner.has(id)) owner.set(id, key);
  return owner;
}

/** Reads log p at a segment's positions. `logits` holds the last rows of the segment. */
function take(segment: Segment, logits: Logits): Map<number, Map<number, number>> {
  const out = new Map<number, Map<number, number>>();
  for (const read of segment.reads) {
    const row = logits.rows - (segment.end - read.position);
    if (row < 0)
      throw new FaultError(
        fault('runtime', `The decoder gave ${logits.rows} rows of logits, too few for position ${read.position}.`),
      );
    try {
      out.set(read.position, logSoftmaxAt(logits.row(row), read.targets));
    } catch (e) {
      if (e instanceof RangeError)
        throw new FaultError(fault('device-wrong', `The device gave logits that are not numbers: ${e.message}`));
      throw e;
    }
  }
  return out;
}

function readings(
  tree: Tree,
  bySegment: ReadonlyMap<number, ReadonlyMap<number, ReadonlyMap<number, number>>>,
  decoded: ReadonlyMap<string, readonly number[]>,
): Readings {
  return {
    at: (key, position) => {
      for (const id of tree.paths[key] ?? []) {
        const found = bySegment.get(id)?.get(position);
        if (found) return found;
      }
      throw new FaultError(fault('internal', `Position ${position} of ${key} was not read.`));
    },
    decoded: (key) => {
      const ids = decoded.get(key);
      if (!ids) throw new FaultError(fault('internal', `${key} was not decoded.`));
      return ids;
    },
  };
}
