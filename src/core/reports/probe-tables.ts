import type { Benchmark } from '../benchmark/types.ts';
import { conditionFacts } from '../methods/conditions.ts';
import { methodName } from '../methods/labels.ts';
import type { ResultRecord } from '../records/record.ts';
import { indexRecords } from '../statistics/counts.ts';
import { probedQuestions, probesOf, marginOf, type Moved, type Probe, type Share } from '../statistics/probes.ts';
import { cell, csvLines, percentText, signed, type Cell, type Grid } from './grid.ts';

/** One table a method: what each probe of the image did to its answers. */
export function probeGrids(
  probes: Readonly<Record<string, readonly Probe[]>>,
  notes: readonly string[],
): readonly Grid[] {
  return Object.entries(probes).map(([method, all]): Grid => ({
    caption: `Probes of the image, ${methodName(method)}`,
    groups: null,
    columns: [
      ...['Probe', 'Pairs', 'Set', 'Individual', 'Confusion', 'Answers changed'],
      ...['Change of margin, 95% interval', 'Follows the mark', 'Follows the text'],
    ],
    rows: all.map((p) => [
      cell(conditionFacts(p.condition).label),
      cell(String(p.pairs)),
      ...[p.set, p.individual, p.confusion].map(moved),
      share(p.changed),
      cell(marginText(p.margin)),
      share(p.followsMark),
      share(p.followsText),
    ]),
    notes: [...notes, PROBE_NOTE],
  }));
}

/** What the numbers of the table are, in one sentence each. */
const PROBE_NOTE =
  'Rates are under the probe, and in brackets the change against the plain questions of the same pairs; the margin is log p(right) - log p(wrong).';

function moved({ plain, probed }: Moved): Cell {
  return cell(`${percentText(probed)} (${signed(probed - plain, 2)})`);
}

function share(s: Share | null): Cell {
  return cell(s === null ? '-' : `${percentText(s.share)} of ${s.of}`);
}

function marginText(margin: Probe['margin']): string {
  return margin === null ? '-' : `${signed(margin.mean, 4)} (${signed(margin.low, 4)} to ${signed(margin.high, 4)})`;
}

/** probes.csv: every question that was asked plainly and under a probe, with both answers and margins; null where there is none. */
export function probesCsv(benchmark: Pick<Benchmark, 'pairs'>, records: readonly ResultRecord[]): string | null {
  const index = indexRecords(records);
  const number = (v: number | null): string => (v === null ? '' : String(v));
  const rows = Object.entries(probesOf(benchmark, index)).flatMap(([method, all]) =>
    all.flatMap(({ condition }) =>
      probedQuestions(benchmark, index, method, condition).map(({ pair, image, plain, probed, marginChange }) => [
        ...[pair.id, String(image), method, condition, plain.right, plain.chosen ?? '', probed.right],
        ...[probed.chosen ?? '', number(marginOf(plain)), number(marginOf(probed)), number(marginChange)],
      ]),
    ),
  );
  const header = ['pair', 'image', 'method', 'probe', 'right', 'chosen', 'right under probe', 'chosen under probe'];
  return rows.length === 0
    ? null
    : csvLines([[...header, 'margin', 'margin under probe', 'change of margin'], ...rows]);
}
