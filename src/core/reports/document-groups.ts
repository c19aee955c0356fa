import { flaggedPairs, type Overlay } from '../overlay/overlay.ts';
import {
  agreementGrid,
  differencesGrid,
  differingText,
  groupsGrid,
  kappaGrid,
  mcnemarGrid,
  pairedRows,
} from './compare-grids.ts';
import { sideBySideGrid, withoutFlaggedSubjects } from './compare-text.ts';
import type { Block, Section } from './document-blocks.ts';
import { flaggedGrid } from './flagged-grid.ts';
import type { Grid } from './grid.ts';
import { runGrids } from './run-tables.ts';
import { heatGrid, sensitivityGrid, similaritySideGrid } from './side-grids.ts';
import type { Subject } from './subject.ts';
import { patternGrids } from './uncertainty-grids.ts';

/** Run against run, or method against method of a single run. */
export function comparisonSection(subjects: readonly Subject[]): readonly Section[] {
  const rows = pairedRows(subjects);
  if (rows.length === 0) return [];
  const several = subjects.length > 1;
  const differing = differingText(subjects, rows);
  return [
    {
      title: several ? 'Run against run' : 'Method against method',
      blocks: [
        ...(several
          ? [
              { kind: 'grid', grid: differencesGrid(subjects), reading: true } as const,
              ...gridBlock(groupsGrid(subjects), true),
              { kind: 'grid', grid: sideBySideGrid(subjects) } as const,
            ]
          : []),
        { kind: 'grid', grid: mcnemarGrid(subjects, rows) },
        { kind: 'grid', grid: kappaGrid(subjects, rows) },
        { kind: 'grid', grid: agreementGrid(subjects), heat: true },
        ...(several ? [sensitivityGrid(subjects), similaritySideGrid(subjects)].flatMap((g) => gridBlock(g)) : []),
        ...(several ? differing.map((text): Block => ({ kind: 'text', text })) : []),
      ],
    },
  ];
}

function gridBlock(grid: Grid | null, reading = false): readonly Block[] {
  return grid ? [{ kind: 'grid', grid, ...(reading ? { reading } : {}) }] : [];
}

/** Numbers by category and by failure pattern. */
export function groupSections(subjects: readonly Subject[], overlay: Overlay | null): readonly Section[] {
  const heat = (grid: Grid): Block => ({ kind: 'grid', grid, heat: true });
  const [only, other] = subjects;
  const one = other ? null : (only ?? null);
  const categories = one
    ? runGrids(one.benchmark, one.records, one.summary, one.certified, one.info).filter((g) =>
        g.caption.includes('by category'),
      )
    : [heatGrid(subjects, 'category', overlay)].flatMap((g) => g ?? []);
  const patterns = one ? patternGrids(one, overlay) : [heatGrid(subjects, 'pattern', overlay)].flatMap((g) => g ?? []);
  // The notes of the table of methods hold here too and are not said again.
  const plain = categories.map((g) => ({ ...g, notes: one ? [] : g.notes }));
  return [
    { title: 'By category', blocks: plain.map(heat) },
    { title: 'By failure pattern', blocks: patterns.map(heat) },
  ];
}

/** Numbers with and without the pairs whose right answer is doubted. */
export function flaggedSection(subjects: readonly Subject[], overlay: Overlay | null): readonly Section[] {
  const clean = withoutFlaggedSubjects(subjects, overlay);
  if (!clean || !overlay) return [];
  const flagged = [...flaggedPairs(overlay)];
  const doubts = flagged.map(
    (id) => `${id}${overlay.pairs[id]?.note === undefined ? '' : ` (${overlay.pairs[id].note})`}`,
  );
  return [
    {
      title: 'Without flagged pairs',
      blocks: [
        { kind: 'text', text: `The right answers of ${flagged.length} pairs are doubted: ${doubts.join(', ')}.` },
        ...subjects.flatMap((s): Block[] => {
          const grid = flaggedGrid(s, overlay);
          return grid
            ? [{ kind: 'grid', grid: subjects.length > 1 ? { ...grid, caption: `${s.title}: ${grid.caption}` } : grid }]
            : [];
        }),
        { kind: 'grid', grid: { ...sideBySideGrid(subjects), caption: 'All pairs: set accuracy, % (95% interval)' } },
        {
          kind: 'grid',
          grid: { ...sideBySideGrid(clean), caption: 'Without flagged pairs: set accuracy, % (95% interval)' },
        },
      ],
    },
  ];
}
