import { parseCsv, separatorOf, unguarded } from '../benchmark/csv.ts';
import { fail, fault, ok, type Result } from '../fault.ts';
import type { FreeAnswer } from '../methods/free-answers.ts';
import { csvLines } from '../reports/grid.ts';

const COLUMNS = [
  'pair',
  'image',
  'method',
  'question',
  'option_a',
  'option_b',
  'answer',
  'score_a',
  'score_b',
] as const;
type Column = (typeof COLUMNS)[number];

/** How many problems of a file are named one by one. */
const NAMED = 5;

/** What a person gave one answer. */
export interface AnswerScores {
  /** `recordKey` of the answer. */
  readonly key: string;
  readonly a: number;
  readonly b: number;
}

/** The table that a person fills in: which option is right is not in it. Scores that are there already stand in their columns. */
export function answersCsv(answers: readonly FreeAnswer[]): string {
  const rows = answers.map(({ pair, record, text }) => {
    const scores = [record.judge?.a, record.judge?.b].map((n) => (typeof n === 'number' ? String(n) : ''));
    const said = [pair.question, pair.options.A, pair.options.B, text];
    return [pair.id, String(record.image), record.method, ...said, ...scores];
  });
  return csvLines([[...COLUMNS], ...rows]);
}

/**
 * Reads the table back. Rows without scores are passed over.
 * @param name of the file, for sentences
 * @param answers of the run
 * @returns a fault naming line and column of all that is wrong: no score is taken then
 */
export function readAnswersCsv(
  name: string,
  text: string,
  answers: readonly FreeAnswer[],
): Result<readonly AnswerScores[]> {
  const { rows, problems: broken } = parseCsv(text, separatorOf(text));
  const [header, ...body] = rows;
  const names = header?.cells.map((c) => c.trim().toLowerCase()) ?? [];
  const missing = (['pair', 'image', 'method', 'score_a', 'score_b'] as const).filter((c) => !names.includes(c));
  if (missing.length > 0)
    return fail(
      fault('unreadable', `${name} has no column ${missing.join(', ')}: take the table that score-answers prints.`),
    );
  const problems = broken.map((p) => `line ${p.line}: ${p.message}`);
  const found = new Map<string, AnswerScores>();
  const known = new Map(answers.map((a) => [a.key, a]));
  for (const { line, cells } of body) {
    const of = (column: Column): string => unguarded(cells[names.indexOf(column)]);
    if (of('score_a') === '' && of('score_b') === '') continue;
    const key = `${of('pair')}/${of('image')}/${of('method')}`;
    const [a, b] = [score(of('score_a')), score(of('score_b'))];
    const wrong = (['score_a', 'score_b'] as const).filter((c) => score(of(c)) === null);
    if (!known.has(key))
      problems.push(
        `line ${line}: the run has no free answer ${of('method')} to image ${of('image')} of pair ${of('pair')}.`,
      );
    else if (found.has(key)) problems.push(`line ${line}: this answer has scores in another line, too.`);
    else if (a === null || b === null)
      problems.push(
        `line ${line}: ${wrong.map((c) => `${c} is "${of(c)}"`).join(' and ')}, not a number from 1 to 10.`,
      );
    else found.set(key, { key, a, b });
  }
  const [first] = problems;
  if (first !== undefined)
    return fail(
      fault(
        'unreadable',
        `${name}, ${problems.slice(0, NAMED).join(' ')}${problems.length > NAMED ? ` And ${problems.length - NAMED} more.` : ''} No score was taken.`,
      ),
    );
  return found.size > 0 ? ok([...found.values()]) : fail(fault('unreadable', `${name} holds no score.`));
}

function score(text: string): number | null {
  if (!/^\d+(\.\d+)?$/.test(text)) return null;
  const n = Number(text);
  return n >= 1 && n <= 10 ? n : null;
}
