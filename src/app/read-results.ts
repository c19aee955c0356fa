import * as v from 'valibot';
import { decodeQuestions, findQuestionFile, readQuestions } from '../core/benchmark/read.ts';
import type { Benchmark, ListedFile } from '../core/benchmark/types.ts';
import { parseRecordLines } from '../core/exchange/records-file.ts';
import { fault, FaultError, orThrow } from '../core/fault.ts';
import type { Overlay } from '../core/overlay/overlay.ts';
import type { ResultRecord } from '../core/records/record.ts';
import type { RunInfo } from '../core/records/run-info.ts';
import { overlay as overlaySchema } from '../store/overlay-rows.ts';
import { resultRecord } from '../store/record-rows.ts';
import { runInfo } from '../store/rows.ts';

/** The two files of a results folder that everything else follows from; null where a file is not there. */
export interface ResultsTexts {
  /** As the person named the folder. */
  readonly name: string;
  readonly run: string | null;
  readonly records: string | null;
}

/** A run as its folder has it. */
export interface ReadRun {
  readonly name: string;
  readonly info: RunInfo;
  /** As they were kept: read as published, whatever `info.reading` says. */
  readonly records: readonly ResultRecord[];
  /** What a person should know of the reading, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Reads a results folder (docs/results.md).
 * @throws FaultError 'unreadable' naming the file, and the line, of what is no result
 */
export function readResults({ name, run, records }: ResultsTexts): ReadRun {
  if (run === null || records === null)
    throw unreadable(
      `${name} holds no ${run === null ? 'run.json' : 'records.jsonl'}: it is no results folder. Name the folder that evaluate --out wrote, or an export of the page.`,
    );
  const info = checked(runInfo, parsed(run, `${name}/run.json`), `${name}/run.json`);
  const lines = parseRecordLines(records.endsWith('\n') || !isWhole(records) ? records : `${records}\n`);
  const [broken] = lines.broken;
  if (broken !== undefined) throw unreadable(`${name}/records.jsonl, line ${broken}: this is no JSON.`);
  const kept = lines.records.map((r, i) => checked(resultRecord, r, `${name}/records.jsonl, record ${i + 1}`));
  if (kept.length === 0) throw unreadable(`${name}/records.jsonl holds no record: this run has nothing to report yet.`);
  const notes = lines.torn ? [`${name}: the last line of records.jsonl is cut short and left out.`] : [];
  return { name, info, records: kept, notes };
}

/** Whether the last line, which has no end, is whole all the same: a file that was edited by hand. */
function isWhole(records: string): boolean {
  try {
    JSON.parse(records.slice(records.lastIndexOf('\n') + 1));
    return true;
  } catch {
    return false;
  }
}

function unreadable(message: string): FaultError {
  return new FaultError(fault('unreadable', message));
}

function parsed(text: string, where: string): unknown {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return value;
  } catch (e) {
    throw unreadable(`${where} is no JSON: ${e instanceof Error ? e.message : String(e)}`);
  }
}

/** The value itself, not the parsed copy: what a newer version added stays. */
function checked<T>(schema: v.GenericSchema<unknown, T>, value: unknown, where: string): T {
  const is = (x: unknown): x is T => v.is(schema, x);
  if (is(value)) return value;
  const issue = v.safeParse(schema, value).issues?.[0];
  const at = issue ? `${v.getDotPath(issue) ?? ''} ${issue.message}`.trim() : '';
  throw unreadable(`${where} is not of the format lookalike-results/1 (${at}).`);
}

/**
 * The questions of a benchmark folder, without its images.
 * @param read bytes of a listed file
 * @param hash SHA-256, hex
 * @throws FaultError where there is no question file, or it cannot be read at all
 */
export async function readQuestionsOf(
  name: string,
  files: readonly ListedFile[],
  read: (path: string) => Promise<Uint8Array>,
  hash: (bytes: Uint8Array) => string,
): Promise<Benchmark> {
  const path = orThrow(findQuestionFile(files));
  const bytes = await read(path);
  const text = orThrow(decodeQuestions(path, bytes));
  return orThrow(readQuestions(name, { path, text, sha256: hash(bytes) }));
}

/**
 * Reads an overlay file.
 * @throws FaultError 'unreadable' when it is none, 'bad-argument' when it is of another benchmark
 */
export function readOverlay(name: string, text: string, benchmark: Pick<Benchmark, 'name' | 'sha256'> | null): Overlay {
  const value = parsed(text, name);
  const is = (x: unknown): x is Overlay => v.is(overlaySchema, x);
  if (!is(value)) throw unreadable(`${name} is no overlay file (lookalike-overlay/1) of this program.`);
  if (benchmark && value.benchmark.sha256 !== benchmark.sha256)
    throw new FaultError(
      fault(
        'bad-argument',
        `${name} is about ${value.benchmark.name} (${value.benchmark.sha256.slice(0, 8)}), and these results are of ${benchmark.name} (${benchmark.sha256.slice(0, 8)}).`,
      ),
    );
  return value;
}
