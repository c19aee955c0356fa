import { methodName } from '../methods/labels.ts';
import { isPlain } from '../methods/registry.ts';
import { flaggedPairs, withoutFlagged, type Overlay } from '../overlay/overlay.ts';
import { countRun } from '../statistics/summary.ts';
import { indexOf } from './answers.ts';
import { cell, percentText, type Grid } from './grid.ts';
import type { Subject } from './subject.ts';

/** A run's metrics with and without the pairs whose right answer is doubted; null where none of its pairs is. */
export function flaggedGrid(subject: Subject, overlay: Overlay): Grid | null {
  const flagged = flaggedPairs(overlay);
  const doubted = subject.benchmark.pairs.filter((p) => flagged.has(p.id)).length;
  if (doubted === 0) return null;
  const methods = Object.keys(subject.summary.methods).filter(isPlain);
  const clean = countRun(withoutFlagged(subject.benchmark, overlay), indexOf(subject), methods);
  const rates = ['set', 'individual', 'confusion', 'invalid'] as const;
  const heads = ['Set', 'Individual', 'Confusion', 'Invalid', 'Pairs'];
  return {
    caption: `With and without ${doubted} flagged ${doubted === 1 ? 'pair' : 'pairs'}, %`,
    groups: [
      { text: '', span: 1 },
      { text: 'All pairs', span: heads.length },
      { text: 'Without flagged pairs', span: heads.length },
    ],
    columns: ['Method', ...heads, ...heads],
    rows: methods.map((method) => [
      cell(methodName(method)),
      ...[subject.summary, clean].flatMap((s) => {
        const m = s.methods[method];
        const counted = m !== undefined && m.counts.pairs > 0;
        return [...rates.map((r) => cell(counted ? percentText(m[r]) : '-')), cell(String(m?.counts.pairs ?? 0))];
      }),
    ]),
    notes: [],
  };
}
