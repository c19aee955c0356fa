import { member, plain, type JsonMember } from '../benchmark/nodes.ts';
import type { Pair, Problem } from '../benchmark/types.ts';
import { words, type Answer, type Report } from './import-answer.ts';
import { officialScore, SCORES } from './official.ts';

/* The score tables of an official result file: they are checked, and the answers count. */

/** Every value of the score tables must be a number; whether it is the right one is `checkScore`'s. */
export function checkNumbers(m: JsonMember, { bad }: Report): void {
  const score = member(m.value, 'score');
  if (score?.value.kind !== 'object') return;
  for (const table of score.value.members) {
    if (table.value.kind !== 'object') {
      bad(table.value.at, `score.${table.key}`, 'A table of numbers by category is expected.');
      continue;
    }
    for (const n of table.value.members) {
      const value = n.value.kind === 'scalar' ? n.value.value : undefined;
      if (typeof value !== 'number')
        bad(n.value.at, `score.${table.key}.${n.key}`, `A number is expected, not ${words(n.value)}.`);
    }
  }
}

/** A score table that its answers do not give is told, and not believed: the answers count. */
export function checkScore(
  m: JsonMember,
  pair: Pair,
  answers: readonly [Answer, Answer],
  categories: readonly string[],
  line: (at: number) => string,
): Problem[] {
  const score = member(m.value, 'score');
  if (!score) return [];
  const expected = officialScore([{ pair, chosen: [answers[0].chosen, answers[1].chosen] }], categories);
  for (const table of SCORES) {
    const said = member(score.value, table);
    const total = said ? member(said.value, 'total') : undefined;
    const value = total ? plain(total.value) : undefined;
    if (!total || value === expected[table]['total']) continue;
    const message = `The file says ${String(value)}, its answers give ${expected[table]['total'] ?? 0}; the answers count.`;
    return [{ pair: m.key, place: `${line(total.at)}, ${m.key}.score.${table}.total`, message, severity: 'warning' }];
  }
  return [];
}
