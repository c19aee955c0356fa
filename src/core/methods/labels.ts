import { conditionFacts, conditionLabel } from './conditions.ts';
import { isPlain, recordedMethod } from './registry.ts';

/** A recorded method as tables and pages name it, its condition behind it; a method of another program by its own name. */
export function methodName(name: string): string {
  const found = recordedMethod(name);
  if (!found) return name;
  const { record, condition } = found;
  return condition === null ? record.label : `${record.label}, ${conditionLabel(condition)}`;
}

/** The one-line definition of a recorded method, its condition included. */
export function methodMeans(name: string): string {
  const found = recordedMethod(name);
  if (!found) return 'A method of another program.';
  const { record, condition } = found;
  return condition === null ? record.means : `${record.means} ${conditionFacts(condition.kind).means}`;
}

/** Methods of a run in one line: those that ask plainly by name, the others by their number. */
export function methodsInWords(names: readonly string[]): string {
  const plain = names.filter(isPlain).map(methodName);
  const others = names.length - plain.length;
  return [...plain, ...(others > 0 ? [`${others} asked differently`] : [])].join(', ');
}
