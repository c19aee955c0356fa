import { methodName } from '../methods/labels.ts';
import { isPlain, orderMethods } from '../methods/registry.ts';
import type { Subject } from './subject.ts';

/** A run's method in a row's or a column's head: runs go by their number where there are several. */
export function headed(subjects: readonly Subject[], i: number, method: string): string {
  return subjects.length === 1 ? methodName(method) : `${i + 1}: ${methodName(method)}`;
}

/** What stands above such heads. */
export function headName(subjects: readonly Subject[]): string {
  return subjects.length === 1 ? 'Method' : 'Run and method';
}

/** What the numbers in heads stand for; nothing where there is one run. */
export function numbered(subjects: readonly Subject[]): readonly string[] {
  return subjects.length === 1 ? [] : [`${subjects.map((s, i) => `${i + 1}: ${s.title}`).join('; ')}.`];
}

/** A method of a run, with the head that it goes by. */
export interface HeadedMethod {
  readonly subject: Subject;
  readonly method: string;
  readonly head: string;
}

/** The methods of all runs that were asked plainly: method by method, in the order of the paper's tables, runs within. */
export function headedMethods(subjects: readonly Subject[]): readonly HeadedMethod[] {
  const methods = orderMethods(subjects.flatMap((s) => Object.keys(s.summary.methods))).filter(isPlain);
  return methods.flatMap((method) =>
    subjects.flatMap((subject, i) =>
      (subject.summary.methods[method]?.counts.pairs ?? 0) > 0
        ? [{ subject, method, head: headed(subjects, i, method) }]
        : [],
    ),
  );
}
