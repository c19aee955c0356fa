import { methodName } from '../methods/labels.ts';
import type { Overlay } from '../overlay/overlay.ts';
import { againstChance, chanceSentence } from '../statistics/chance.ts';
import { rateEstimate } from '../statistics/rates.ts';
import { calibrationGrid, certainties, marginGrid } from './certainty-grids.ts';
import type { Block, Section } from './document-blocks.ts';
import { comparisonSection, flaggedSection, groupSections } from './document-groups.ts';
import type { Grid } from './grid.ts';
import { intervalSvg, marginSvg, reliabilitySvg, type IntervalMark } from './plots.ts';
import { comparability } from './refuse.ts';
import { runGrids } from './run-tables.ts';
import { describe, UNCERTIFIED } from './run-words.ts';
import { certificateGrid, certificateSentence, hashesGrid, settingsGrid } from './settings.ts';
import type { Subject } from './subject.ts';
import { RESEARCH_USE } from './tables.ts';
import { plainAnswers, powerGrid, uncertaintyGrid } from './uncertainty-grids.ts';
import { worstGrid, worstPairs } from './worst.ts';

/** A report as data: what it says, not how it is written. */
export interface Report {
  readonly title: string;
  readonly lead: readonly string[];
  readonly sections: readonly Section[];
}

export interface ReportOptions {
  /** How many of the worst pairs are shown. */
  readonly worst: number;
  readonly overlay: Overlay | null;
}

/**
 * The report of one run or several of one benchmark. It depends on nothing but its arguments: the same results give the same report.
 * @throws RangeError where there is no run
 */
export function reportOf(subjects: readonly Subject[], { worst, overlay }: ReportOptions): Report {
  const [first, second] = subjects;
  if (!first) throw new RangeError('A report needs a run.');
  const names = subjects.map((s) => s.title).join(', ');
  const compared = comparability(subjects);
  const title = second
    ? `${subjects.length} runs on ${first.info.benchmark.name}`
    : `${first.info.model.id} on ${first.info.benchmark.name}`;
  return {
    title,
    lead: [
      ...(second ? [`${names}.`, ...compared.notes, ...(compared.fault ? [compared.fault.message] : [])] : []),
      RESEARCH_USE,
    ],
    sections: [
      resultSection(subjects),
      ...subjects.map((s) => methodSection(s, subjects.length > 1)),
      ...(compared.fault ? [] : comparisonSection(subjects)),
      ...groupSections(subjects, overlay),
      ...flaggedSection(subjects, overlay),
      certaintySection(subjects),
      ...worstSection(subjects, worst),
      ...subjects.map((s) => madeSection(s, subjects.length > 1)),
    ].filter((s) => s.blocks.length > 0),
  };
}

const titled = (what: string, s: Subject, several: boolean): string => (several ? `${what}: ${s.title}` : what);

/** What the records and the run say must be known before any number is. */
function warnings(s: Subject, several: boolean): readonly Block[] {
  const lines = [...(s.certified ? [] : [UNCERTIFIED]), ...describe(s.info, s.summary)];
  return lines.map((text, i): Block => ({
    kind: 'text',
    text: several && i === 0 ? `${s.title}: ${text}` : text,
    ...(i === 0 && !s.certified ? { alert: true } : {}),
  }));
}

/** The one figure of each run, in words and as a plot. */
function resultSection(subjects: readonly Subject[]): Section {
  const several = subjects.length > 1;
  const marks = subjects.flatMap((s, i) =>
    plainAnswers(s).flatMap(({ method, answers }): IntervalMark[] => {
      const set = rateEstimate(answers, 'set');
      if (!set) return [];
      const name = several ? `${i + 1}: ${methodName(method)}` : methodName(method);
      return [{ name, value: set.value, ...set.interval, best: s.summary.best?.set.method === method }];
    }),
  );
  const legend = subjects.map((s, i) => `${i + 1}: ${s.title}`).join('; ');
  return {
    title: 'Result',
    blocks: [
      ...subjects.flatMap((s) => bestSentence(s, several)),
      ...(marks.length === 0
        ? [{ kind: 'text', text: 'Nothing was scored.' } as const]
        : [{ kind: 'plots', svg: [intervalSvg(marks, 25, 'Set accuracy by method')] } as const]),
      {
        kind: 'text',
        text: `Set accuracy: both images of a pair answered rightly, with its 95% interval over groups of pairs that share images.${several ? ` ${legend}.` : ''}`,
      },
    ],
  };
}

function bestSentence(s: Subject, several: boolean): readonly Block[] {
  const best = s.summary.best?.set;
  const answers = plainAnswers(s).find((a) => a.method === best?.method)?.answers;
  const test = answers && againstChance(answers);
  if (!best || !test) return [];
  const who = several ? `${s.title}, best by ${methodName(best.method)}` : `Best by ${methodName(best.method)}`;
  const text = `${who}: set accuracy ${best.value.toFixed(2)}%. ${chanceSentence(test)} The best of several methods is chosen after the fact; the table of uncertainty has Holm's adjustment.`;
  return [{ kind: 'text', text }];
}

function methodSection(s: Subject, several: boolean): Section {
  const [methods, ...others] = runGrids(s.benchmark, s.records, s.summary, s.certified, s.info);
  const rest = others.filter((g) => !g.caption.includes('by category'));
  return {
    title: titled('Methods', s, several),
    blocks: [
      ...warnings(s, several),
      ...(methods ? [methods] : []).map((grid): Block => ({ kind: 'grid', grid })),
      { kind: 'grid', grid: uncertaintyGrid([s]) },
      { kind: 'grid', grid: powerGrid(s) },
      ...rest.map((grid): Block => ({ kind: 'grid', grid })),
    ],
  };
}

/** All runs side by side, method by method: GD beside GD, PS beside PS. */
function certaintySection(subjects: readonly Subject[]): Section {
  const all = certainties(subjects);
  const plots = (svg: readonly string[]): readonly Block[] => (svg.length === 0 ? [] : [{ kind: 'plots', svg }]);
  const grid = (g: Grid | null): readonly Block[] => (g ? [{ kind: 'grid', grid: g }] : []);
  return {
    title: 'How sure, and how rightly',
    blocks: [
      ...plots(all.flatMap(({ head, calibration: c }) => (c ? [reliabilitySvg(head, c.bins)] : []))),
      ...grid(calibrationGrid(subjects, all)),
      ...plots(all.flatMap(({ head, margins: m }) => (m ? [marginSvg(head, m)] : []))),
      ...grid(marginGrid(subjects, all)),
    ],
  };
}

function worstSection(subjects: readonly Subject[], most: number): readonly Section[] {
  const worst = worstPairs(subjects, most);
  if (worst.length === 0) return [];
  return [
    {
      title: 'Worst pairs',
      blocks: [
        { kind: 'grid', grid: worstGrid(subjects, worst), reading: true },
        { kind: 'pairs', pairs: worst },
      ],
    },
  ];
}

/** Settings, certificate, versions and hashes. */
function madeSection(s: Subject, several: boolean): Section {
  const checks = certificateGrid(s.info);
  return {
    title: titled('How it was made', s, several),
    blocks: [
      { kind: 'text', text: certificateSentence(s.info) },
      ...(checks ? [{ kind: 'grid', grid: checks, reading: true } as const] : []),
      { kind: 'grid', grid: settingsGrid(s.info), reading: true },
      { kind: 'grid', grid: hashesGrid(s.info), reading: true },
    ],
  };
}
