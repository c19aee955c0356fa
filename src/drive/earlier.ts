import * as v from 'valibot';
import { fault, FaultError } from '../core/fault.ts';
import type { RunInfo } from '../core/results/run.ts';
import type { ResultRecord } from '../core/scoring/record.ts';
import { resultRecord } from '../store/record-rows.ts';
import { runInfo } from '../store/rows.ts';
import type { DriveRequest } from './types.ts';

/** What an unfinished run left in its results folder, checked. */
export interface Earlier {
  readonly info: RunInfo | null;
  readonly records: readonly ResultRecord[];
}

/** @throws FaultError 'unreadable' when run.json or a record is not of the format */
export function earlierRun(resume: DriveRequest['resume']): Earlier {
  if (resume === null) return { info: null, records: [] };
  return {
    info: resume.info === null ? null : kept(runInfo, resume.info, 'run.json'),
    records: resume.records.map((record, i) => kept(resultRecord, record, `records.jsonl, line ${i + 1}`)),
  };
}

/** The value itself, not the parsed copy: what is kept is written again as it was, to the last key. */
function kept<T>(schema: v.GenericSchema<unknown, T>, value: unknown, where: string): T {
  const is = (x: unknown): x is T => v.is(schema, x);
  if (is(value)) return value;
  const issue = v.safeParse(schema, value).issues?.[0];
  const at = issue ? `${v.getDotPath(issue) ?? ''} ${issue.message}`.trim() : '';
  throw new FaultError(
    fault(
      'unreadable',
      `${where} is not of the format lookalike-results/1 (${at}): the run in this folder cannot be gone on with.`,
    ),
  );
}
