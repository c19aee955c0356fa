import type { Benchmark, Pair } from '../benchmark/types.ts';
import { joinedPatterns, type PatternName } from '../drafting/patterns.ts';

/*
 * What a person says of a benchmark's pairs without changing the benchmark: failure patterns, label errors, notes. It is kept and exported as a file of its
 * own, which names the benchmark by the hash of its question file.
 */

/** What is said of one pair; what is left out is not said. */
export interface PairRemark {
  /** Failure patterns; they stand in the place of those of the benchmark's own field. */
  readonly patterns?: readonly string[];
  /** The right answers of this pair are doubted. */
  readonly flagged?: boolean;
  readonly note?: string;
}

/** An overlay file. */
export interface Overlay {
  readonly format: 'lookalike-overlay/1';
  readonly benchmark: { readonly name: string; readonly sha256: string };
  /** Patterns that pairs can be assigned besides those of the benchmark and of the paper: drafted by a text model, or written down. */
  readonly patterns?: readonly PatternName[];
  readonly pairs: Readonly<Record<string, PairRemark>>;
}

export function emptyOverlay({ name, sha256 }: Pick<Benchmark, 'name' | 'sha256'>): Overlay {
  return { format: 'lookalike-overlay/1', benchmark: { name, sha256 }, pairs: {} };
}

/** The overlay with a pair's remark changed; a remark that says nothing is taken out. */
export function withRemark(overlay: Overlay, pair: string, change: PairRemark): Overlay {
  const { patterns, flagged, note } = { ...overlay.pairs[pair], ...change };
  const remark: PairRemark = {
    ...(patterns === undefined ? {} : { patterns }),
    ...(flagged === true ? { flagged } : {}),
    ...(note === undefined || note.trim() === '' ? {} : { note }),
  };
  const { [pair]: before, ...others } = overlay.pairs;
  void before;
  return { ...overlay, pairs: Object.keys(remark).length === 0 ? others : { ...others, [pair]: remark } };
}

/** Two overlays of one benchmark as one: what the second says of a pair stands in the place of all that the first says of it. */
export function joinedOverlay(first: Overlay, second: Overlay): Overlay {
  const patterns = joinedPatterns([...(second.patterns ?? []), ...(first.patterns ?? [])]);
  return withPatterns({ ...first, pairs: { ...first.pairs, ...second.pairs } }, patterns);
}

/** The overlay with other patterns to assign. What pairs are assigned already stays. */
export function withPatterns({ patterns: _, ...overlay }: Overlay, patterns: readonly PatternName[]): Overlay {
  return patterns.length === 0 ? overlay : { ...overlay, patterns };
}

/** The file's text: pairs in the benchmark's order, others behind them. */
export function overlayText(overlay: Overlay, benchmark: Pick<Benchmark, 'pairs'>): string {
  const order = [...new Set([...benchmark.pairs.map((p) => p.id), ...Object.keys(overlay.pairs)])];
  const lines = order.flatMap((id) => {
    const remark = overlay.pairs[id];
    return remark ? [`    ${JSON.stringify(id)}: ${JSON.stringify(remark)}`] : [];
  });
  const { format, benchmark: of, patterns = [] } = overlay;
  const named = patterns.length === 0 ? '' : `  "patterns": ${JSON.stringify(patterns)},\n`;
  // Written line by line: an object would move ids that look like numbers.
  const pairs = lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n  }`;
  return `{\n  "format": ${JSON.stringify(format)},\n  "benchmark": ${JSON.stringify(of)},\n${named}  "pairs": ${pairs}\n}\n`;
}

/** Ids of the flagged pairs. */
export function flaggedPairs(overlay: Overlay): ReadonlySet<string> {
  return new Set(Object.entries(overlay.pairs).flatMap(([id, r]) => (r.flagged === true ? [id] : [])));
}

/** A benchmark without its flagged pairs. */
export function withoutFlagged<B extends Pick<Benchmark, 'pairs'>>(benchmark: B, overlay: Overlay): B {
  const flagged = flaggedPairs(overlay);
  return flagged.size === 0 ? benchmark : { ...benchmark, pairs: benchmark.pairs.filter((p) => !flagged.has(p.id)) };
}

/** The failure patterns of the paper (arXiv 2409.15477, section 4.1). */
const PAPER_PATTERNS: readonly string[] = [
  'Normal/variant anatomy vs. pathology',
  'Lesion signal characteristics',
  'Vascular conditions',
  'Medical devices',
];

/** Names under which a benchmark's own field gives a pair's patterns. */
const FIELD_NAMES: ReadonlySet<string> = new Set(['pattern', 'patterns', 'failure_pattern', 'failure_patterns']);

/** The patterns that the benchmark's own field gives a pair: one name, names with semicolons between, or a list. */
export function ownPatterns(pair: Pick<Pair, 'extra'>): readonly string[] {
  const names = Object.entries(pair.extra).flatMap(([field, value]) =>
    typeof value === 'string' &&
    FIELD_NAMES.has(
      field
        .trim()
        .toLowerCase()
        .replace(/[\s-]+/g, '_'),
    )
      ? listed(value)
      : [],
  );
  return [...new Set(names.map((n) => n.trim()).filter((n) => n !== ''))];
}

function listed(value: string): readonly string[] {
  if (value.trim().startsWith('['))
    try {
      const list: unknown = JSON.parse(value);
      if (Array.isArray(list)) return list.filter((x): x is string => typeof x === 'string');
    } catch {
      // No list then, but a name that begins with a bracket.
    }
  return value.split(';');
}

/** A pair's patterns: what a person assigned, else the benchmark's own. */
export function patternsOf(pair: Pair, overlay: Overlay | null): readonly string[] {
  return overlay?.pairs[pair.id]?.patterns ?? ownPatterns(pair);
}

/**
 * The patterns that a pair can be assigned, in an order that assigning does not change: those of the benchmark's field, the paper's, those that were
 * drafted, then those that were made up.
 */
export function patternChoices(benchmark: Pick<Benchmark, 'pairs'>, overlay: Overlay | null): readonly string[] {
  const own = patternNames(benchmark, null);
  return [
    ...new Set([
      ...own,
      ...PAPER_PATTERNS,
      ...(overlay?.patterns ?? []).map((p) => p.name),
      ...Object.values(overlay?.pairs ?? {}).flatMap((r) => r.patterns ?? []),
    ]),
  ];
}

/** All patterns that pairs of a benchmark have, in the order of first use; those of the paper first, in its order. */
export function patternNames(benchmark: Pick<Benchmark, 'pairs'>, overlay: Overlay | null): readonly string[] {
  const found = new Set(benchmark.pairs.flatMap((p) => patternsOf(p, overlay)));
  return [...PAPER_PATTERNS.filter((p) => found.has(p)), ...[...found].filter((p) => !PAPER_PATTERNS.includes(p))];
}
