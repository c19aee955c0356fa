import * as v from 'valibot';
import { fault, FaultError } from '../../core/fault.ts';

/**
 * A parsed value of a results folder, checked: the value itself and not the parsed copy, so that it is written again as it was, to the last key.
 * @param where as in 'run.json' or 'records.jsonl, line 3'
 * @param then what cannot be done with it
 * @throws FaultError 'unreadable' naming the field
 */
export function asItIs<T>(schema: v.GenericSchema<unknown, T>, value: unknown, where: string, then: string): T {
  const is = (x: unknown): x is T => v.is(schema, x);
  if (is(value)) return value;
  const issue = v.safeParse(schema, value).issues?.[0];
  const at = issue ? `${v.getDotPath(issue) ?? ''} ${issue.message}`.trim() : '';
  throw new FaultError(fault('unreadable', `${where} is not of the format lookalike-results/1 (${at}): ${then}`));
}
