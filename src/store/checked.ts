import * as v from 'valibot';
import { fault, FaultError } from '../core/fault.ts';

/**
 * A row as read, checked.
 * @param what the row in words, as in 'run 3f2a'
 * @throws FaultError 'storage' naming the field
 */
export function checked<T>(schema: v.GenericSchema<unknown, T>, row: unknown, what: string): T {
  const result = v.safeParse(schema, row);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const place = v.getDotPath(issue) ?? '';
  throw new FaultError(
    fault('storage', `The stored ${what} cannot be read (${place}: ${issue.message}). Delete it, or bring it again.`, {
      what,
      place,
    }),
  );
}
