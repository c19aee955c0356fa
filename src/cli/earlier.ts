import { asItIs } from '../app/results/checked.ts';
import type { RunInfo } from '../core/records/run-info.ts';
import type { ResultRecord } from '../core/records/record.ts';
import { resultRecord } from '../store/record-rows.ts';
import { runInfo } from '../store/rows.ts';
import type { EvaluateRequest } from './evaluate-types.ts';

/** What an unfinished run left in its results folder, checked. */
export interface Earlier {
  readonly info: RunInfo | null;
  readonly records: readonly ResultRecord[];
}

/** @throws FaultError 'unreadable' when run.json or a record is not of the format */
export function earlierRun(resume: EvaluateRequest['resume']): Earlier {
  if (resume === null) return { info: null, records: [] };
  return {
    info: resume.info === null ? null : asItIs(runInfo, resume.info, 'run.json', ENDED),
    records: resume.records.map((record, i) => asItIs(resultRecord, record, `records.jsonl, line ${i + 1}`, ENDED)),
  };
}

const ENDED = 'the run in this folder cannot be gone on with.';
