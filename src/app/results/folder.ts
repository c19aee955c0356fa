import * as v from 'valibot';
import type { Benchmark, PairImage } from '../../core/benchmark/types.ts';
import { QUESTIONS_FILE, QUESTIONS_FORMAT } from '../../core/exchange/questions-file.ts';
import { withRecordedImages } from '../../core/exchange/recorded-images.ts';
import { fault, FaultError } from '../../core/fault.ts';
import { at, isObject } from '../../core/json.ts';
import { benchmarkSchema } from '../../store/benchmark-rows.ts';
import { readResults, type ReadRun } from '../read-results.ts';

/** A results folder (docs/results.md) as it was read, with what its records answer. */
export interface Results extends ReadRun {
  /** From benchmark.json; null in folders of versions that wrote none. */
  readonly benchmark: Benchmark | null;
  /** Pairs that could not run, as summary.json names them. */
  readonly skipped: Benchmark['skipped'];
}

const skippedSchema = v.array(v.looseObject({ pair: v.string(), reason: v.string() }));

/**
 * Reads a results folder, every value checked.
 * @param name as the person named it; it stands in every fault
 * @param text of a file of the folder by its name; null where there is none
 * @throws FaultError 'unreadable' naming file, line and field
 */
export function readFolder(name: string, text: (file: string) => string | null): Results {
  const run = readResults({ name, run: text('run.json'), records: text('records.jsonl') });
  const questions = text(QUESTIONS_FILE);
  const summary = text('summary.json');
  return {
    ...run,
    benchmark: questions === null ? null : questionsOf(`${name}/${QUESTIONS_FILE}`, questions),
    skipped: summary === null ? [] : skippedOf(json(summary, `${name}/summary.json`)),
  };
}

function json(text: string, where: string): unknown {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return value;
  } catch {
    throw new FaultError(fault('unreadable', `${where} is no JSON: the file is damaged or incomplete.`));
  }
}

function skippedOf(summary: unknown): Benchmark['skipped'] {
  const found = at(summary, 'skipped');
  return v.is(skippedSchema, found) ? found.map(({ pair, reason }) => ({ pair, reason })) : [];
}

/** benchmark.json, which holds neither captions nor problems. */
function questionsOf(where: string, text: string): Benchmark {
  const value = json(text, where);
  if (!isObject(value) || value['format'] !== QUESTIONS_FORMAT)
    throw new FaultError(fault('unreadable', `${where} is not of the format ${QUESTIONS_FORMAT}.`));
  const pairs: unknown = value['pairs'];
  const captioned = Array.isArray(pairs) ? pairs.map(withoutCaptions) : pairs;
  const parsed = v.safeParse(benchmarkSchema, { ...value, pairs: captioned, problems: [] });
  if (parsed.success) {
    const { name, sha256, pairs: read, skipped, problems, part } = parsed.output;
    return { name, sha256, pairs: read, skipped, problems, ...(part ? { part } : {}) };
  }
  const [issue] = parsed.issues;
  throw new FaultError(
    fault('unreadable', `${where}: ${v.getDotPath(issue) ?? ''} ${issue.message}: it cannot be used.`),
  );
}

function withoutCaptions(pair: unknown): unknown {
  if (!isObject(pair) || !Array.isArray(pair['images'])) return pair;
  return { ...pair, images: pair['images'].map((i: unknown) => (isObject(i) ? { ...i, caption: null } : i)) };
}

/**
 * What was asked, of a folder without benchmark.json: the pairs of its question file that the run was about, their images known by the records.
 * @param questions the question file of the same benchmark, images not read
 * @throws FaultError 'not-found' without any, 'another-run' when it is another benchmark's
 */
export function benchmarkOf(results: Results, questions: Benchmark | null): Benchmark {
  if (results.benchmark !== null) return results.benchmark;
  const { name, info, records, skipped } = results;
  if (questions === null)
    throw new FaultError(
      fault(
        'not-found',
        `${name} holds no ${QUESTIONS_FILE}, as earlier versions wrote none. Name the benchmark that it answers, ${info.benchmark.name}, with --benchmark DIR.`,
      ),
    );
  if (questions.sha256 !== info.benchmark.sha256)
    throw new FaultError(
      fault(
        'another-run',
        `${name} answers ${info.benchmark.name} (${info.benchmark.sha256.slice(0, 8)}), and --benchmark is ${questions.name} (${questions.sha256.slice(0, 8)}): its question file is another.`,
      ),
    );
  const left = new Set(skipped.map((s) => s.pair));
  const pairs = questions.pairs
    .filter((p) => !left.has(p.id))
    .slice(0, info.benchmark.pairs)
    .map((p) => ({ ...p, images: [withoutCaption(p.images[0]), withoutCaption(p.images[1])] as const }));
  const asked = { name: info.benchmark.name, sha256: questions.sha256, pairs, skipped, problems: [] };
  return withRecordedImages(asked, records);
}

function withoutCaption(image: PairImage): PairImage {
  return { ...image, caption: null };
}
