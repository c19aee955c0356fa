import { indexOf } from './answers.ts';
import type { Report } from './document.ts';
import type { Block } from './document-blocks.ts';
import { csvLines, percentText, toLatex, toMarkdown } from './grid.ts';
import { rateEstimate, RATE_NAMES } from '../statistics/rates.ts';
import { pairAnswers } from '../statistics/counts.ts';
import { patternNames, patternsOf, type Overlay } from '../overlay/overlay.ts';
import type { Subject } from './subject.ts';

/** A report as GitHub Markdown; plots are left out, their numbers are in the tables. */
export function reportMarkdown(report: Report): string {
  const block = (b: Block): readonly string[] => {
    if (b.kind === 'text') return [escaped(b.text), ''];
    if (b.kind === 'grid') return b.grid.rows.length === 0 ? [...b.grid.notes.map(escaped), ''] : [toMarkdown(b.grid)];
    return [];
  };
  return [
    `# ${escaped(report.title)}`,
    '',
    ...report.lead.flatMap((t) => [escaped(t), '']),
    ...report.sections.flatMap((s) => [`## ${escaped(s.title)}`, '', ...s.blocks.flatMap(block)]),
  ].join('\n');
}

function escaped(text: string): string {
  return text
    .replace(/\\/g, '\\\\')
    .replace(/[<>*_`|]/g, '\\$&')
    .replace(/^#/, '\\#');
}

/** The tables of a report as a LaTeX file of its own; it needs the package booktabs. */
export function reportLatex(report: Report): string {
  const tables = report.sections.flatMap((s) =>
    s.blocks.flatMap((b) =>
      b.kind === 'grid' && b.reading !== true && b.grid.rows.length > 0 ? [toLatex(b.grid)] : [],
    ),
  );
  return [
    '\\documentclass[a4paper]{article}',
    '\\usepackage[T1]{fontenc}',
    '\\usepackage[margin=2cm,landscape]{geometry}',
    '\\usepackage{booktabs}',
    '\\begin{document}',
    '\\small',
    ...tables,
    '\\end{document}',
    '',
  ].join('\n');
}

const HEADER = [
  ...['run', 'model', 'benchmark', 'method', 'group', 'name', 'metric', 'percent', 'part', 'whole'],
  ...['bootstrap low', 'bootstrap high', 'wilson low', 'wilson high'],
];

/** Every metric of every run and method, over all pairs and by failure pattern, one row each, with both intervals; RFC 4180. Categories: see tables.csv. */
export function reportCsv(subjects: readonly Subject[], overlay: Overlay | null): string {
  const rows = subjects.flatMap((s) => {
    const index = indexOf(s);
    const patterns = patternNames(s.benchmark, overlay);
    return Object.keys(s.summary.methods).flatMap((method) => {
      const answers = pairAnswers(s.benchmark, index, method);
      const groups = [
        { group: 'all', name: 'All', own: answers },
        ...patterns.map((name) => ({
          ...{ group: 'pattern', name },
          own: answers.filter((a) => patternsOf(a.pair, overlay).includes(name)),
        })),
      ];
      return groups.flatMap(({ group, name, own }) =>
        RATE_NAMES.flatMap((rate) => {
          const e = rateEstimate(own, rate);
          if (!e) return [];
          const numbers = [e.interval.low, e.interval.high, e.wilson.low, e.wilson.high].map(percentText);
          const what = [s.title, s.info.model.id, s.info.benchmark.name, method, group, name, rate];
          return [[...what, percentText(e.value), String(e.k), String(e.n), ...numbers]];
        }),
      );
    });
  });
  return csvLines([HEADER, ...rows]);
}
