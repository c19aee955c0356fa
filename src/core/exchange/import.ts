import { member, parseJson, repeated, type JsonMember, type JsonNode } from '../benchmark/nodes.ts';
import type { Benchmark, ImageIndex, Pair, Problem } from '../benchmark/types.ts';
import { fail, fault, ok, type Fault, type Result } from '../fault.ts';
import { categoriesOf } from '../statistics/counts.ts';
import { atOnce, type Steps } from '../steps.ts';
import type { FailedRecord, ResultRecord, ScoredRecord } from '../records/record.ts';
import { behindThought, THOUGHT_CUT } from '../methods/thought.ts';
import { readAnswer, type Answer, type Report } from './import-answer.ts';
import { checkNumbers, checkScore } from './import-score.ts';
import { officialModes, parseOfficialName, type Mode } from './official.ts';

/** An official result file, read against its benchmark. */
export interface OfficialImport {
  readonly key: string;
  /** The mode's name. */
  readonly mode: string;
  readonly method: string;
  /** For each question of the benchmark: its answer, or a failed record that says why it was not taken. */
  readonly records: readonly ResultRecord[];
  /** Everything wrong, with its place. Errors: something was not taken, and whoever imports must agree to a partial import. */
  readonly problems: readonly Problem[];
  /** Pairs taken whole, of those of the benchmark. */
  readonly taken: number;
}

/**
 * Reads `<key>_<mode>.json` as the benchmark's own code writes it ({id: {answer: {im1: {full_answer, A, B}, im2}, score}}), or its known fork, which
 * nests {answer: {...}, logprob}. A pair with any error is not taken: the rest of it cannot be trusted.
 * @param name file name; key and mode are read from it
 * @param mode where the name does not tell
 * @returns a fault where the file cannot be read at all
 */
export function readOfficial(name: string, text: string, benchmark: Benchmark, mode?: Mode): Result<OfficialImport> {
  return atOnce(officialSteps(name, text, benchmark, mode));
}

/** Pairs that are read in one step. */
const STEP = 250;

/** The same in steps. */
export function* officialSteps(
  name: string,
  text: string,
  benchmark: Benchmark,
  mode?: Mode,
): Steps<Result<OfficialImport>> {
  const parsedName = parseOfficialName(name);
  const asMode = mode ?? parsedName?.mode;
  if (asMode === undefined)
    return fail(fault('bad-argument', `${name} must be named as ${namesInWords()}, which says the method.`));
  const parsed = parseJson(text);
  if (!parsed.ok) {
    const { line, column } = parsed.place;
    return fail(fault('unreadable', `${name}, line ${line}, column ${column}: ${parsed.message}`, { line, column }));
  }
  const { root, place } = parsed;
  if (root.kind !== 'object') return fail(fault('unreadable', `${name} holds no object of answers by pair.`));
  const line = (at: number): string => `${name}, line ${place(at).line}`;
  yield;
  const reading = yield* readPairs(root, benchmark, asMode, line);
  if (reading.taken === 0) return fail(nothingTaken(name, benchmark, reading.problems));
  return ok({
    key: parsedName?.key ?? name.replace(/\.json$/i, ''),
    mode: asMode.mode,
    method: asMode.method,
    ...reading,
  });
}

/** '<model>_mc.json, <model>_greedy.json, <model>_prefix.json or <model>_gpt4.json' */
function namesInWords(): string {
  const names = officialModes().map((m) => `<model>_${m.mode}.json`);
  return [names.slice(0, -1).join(', '), names.at(-1)].join(' or ');
}

/** The refusal of an import with errors to which nobody agreed; null when there is none. Names the first few. */
export function refusal(imported: OfficialImport, name: string): Fault | null {
  const errors = imported.problems.filter((p) => p.severity === 'error');
  if (errors.length === 0) return null;
  const some = errors.slice(0, 5).map((p) => `${p.place}: ${p.message}`);
  const more = errors.length > some.length ? ` And ${errors.length - some.length} more.` : '';
  return fault(
    'unreadable',
    `${name} has ${errors.length} error${errors.length === 1 ? '' : 's'}. ${some.join(' ')}${more} ${imported.taken} of ${imported.records.length / 2} pairs can be taken: accept a partial import to take them.`,
    { errors: errors.length, taken: imported.taken },
  );
}

function nothingTaken(name: string, benchmark: Benchmark, problems: readonly Problem[]): Fault {
  const [first] = problems.filter((p) => p.severity === 'error');
  const why = first ? ` The first problem: ${first.place}: ${first.message}` : '';
  return fault('unreadable', `${name} holds no answer to a pair of ${benchmark.name} that can be taken.${why}`);
}

type Line = (at: number) => string;

function* readPairs(
  root: JsonNode & { kind: 'object' },
  benchmark: Benchmark,
  mode: Mode,
  line: Line,
): Steps<Pick<OfficialImport, 'records' | 'problems' | 'taken'>> {
  const problems: Problem[] = [];
  const unlike: Problem[] = [];
  const pairs = new Map(benchmark.pairs.map((p) => [p.id, p]));
  const skipped = new Set(benchmark.skipped.map((s) => s.pair));
  const categories = categoriesOf(benchmark);
  const twice = new Set(repeated(root).map((m) => m.key));
  const read = new Map<string, readonly [Answer, Answer] | string>();
  for (const [i, m] of root.members.entries()) {
    if (i % STEP === 0) yield;
    const pair = pairs.get(m.key);
    const found: Problem[] = [];
    const say =
      (into: Problem[], severity: Problem['severity']) =>
      (at: number, what: string, message: string): void => {
        const place = `${line(at)}, ${[m.key, what].filter((x) => x !== '').join('.')}`;
        into.push({ pair: m.key, place, message, severity });
      };
    const report: Report = {
      bad: say(found, 'error'),
      warn: say(problems, 'warning'),
      unlike: say(unlike, 'warning'),
    };
    if (!pair) {
      const known = skipped.has(m.key);
      const message = known
        ? `The pair ${m.key} is skipped in this benchmark, so its answers are left out.`
        : `The id ${m.key} is unknown: the benchmark ${benchmark.name} has no such pair.`;
      problems.push({ pair: m.key, place: line(m.at), message, severity: known ? 'warning' : 'error' });
      continue;
    }
    if (twice.has(m.key)) report.bad(m.at, '', `The id ${m.key} occurs twice.`);
    const answers = readPair(m, mode, report);
    if (found.length === 0 && answers) {
      problems.push(...checkScore(m, pair, answers, categories, line));
      read.set(m.key, answers);
    } else read.set(m.key, found.map((p) => p.message).join(' '));
    problems.push(...found);
  }
  const { records, missing, taken } = yield* recordsOf(benchmark.pairs, read, mode, line(root.at));
  return { records, problems: [...problems, ...missing, ...gathered(unlike)], taken };
}

/**
 * The records of all pairs of a benchmark.
 * @param read the answers to each pair of the file, or why they are not taken
 * @param place what stands for a pair that the file does not have
 */
function* recordsOf(
  pairs: readonly Pair[],
  read: ReadonlyMap<string, readonly [Answer, Answer] | string>,
  mode: Mode,
  place: string,
): Steps<{ readonly records: readonly ResultRecord[]; readonly missing: readonly Problem[]; readonly taken: number }> {
  const records: ResultRecord[] = [];
  const missing: Problem[] = [];
  let taken = 0;
  for (const [i, pair] of pairs.entries()) {
    if (i % STEP === 0) yield;
    const answers = read.get(pair.id);
    if (answers === undefined) {
      const message = `The pair ${pair.id} is missing.`;
      missing.push({ pair: pair.id, place, message, severity: 'error' });
      records.push(...failedPair(pair, mode, fault('not-found', `${message} The imported file has no answer to it.`)));
    } else if (typeof answers === 'string') records.push(...failedPair(pair, mode, fault('unreadable', answers)));
    else {
      taken++;
      records.push(scored(pair, 1, mode, answers[0]), scored(pair, 2, mode, answers[1]));
    }
  }
  return { records, missing, taken };
}

/** Answers of GD and PS that are not their letter, as one warning. */
function gathered(unlike: readonly Problem[]): readonly Problem[] {
  const [first, ...more] = unlike;
  if (!first) return [];
  const all = more.length === 0 ? 'One answer is' : `${unlike.length} answers are`;
  const message = `${all} not the letter that has 10; the file's scores count. ${more.length === 0 ? '' : 'The first: '}${first.message}`;
  return [{ ...first, pair: more.length === 0 ? first.pair : null, message }];
}

function readPair(m: JsonMember, mode: Mode, report: Report): readonly [Answer, Answer] | null {
  const { bad } = report;
  if (m.value.kind !== 'object') return (bad(m.value.at, '', 'The entry must be an object with "answer".'), null);
  const answer = member(m.value, 'answer');
  if (!answer) return (bad(m.at, 'answer', 'The field "answer" is missing.'), null);
  const read = (image: 'im1' | 'im2'): Answer | null => {
    const found = member(answer.value, image);
    if (!found) return (bad(answer.at, `answer.${image}`, `The answer to ${image} is missing.`), null);
    return readAnswer(found, `answer.${image}`, mode, report);
  };
  const one = read('im1');
  const two = read('im2');
  checkNumbers(m, report);
  return one && two ? [one, two] : null;
}

function base(
  pair: Pair,
  image: ImageIndex,
  mode: Mode,
): Pick<ScoredRecord, 'pair' | 'image' | 'method' | 'right' | 'imageSha256'> {
  const { right, sha256 } = pair.images[image === 1 ? 0 : 1];
  return { pair: pair.id, image, method: mode.method, right, imageSha256: sha256 ?? '' };
}

function scored(pair: Pair, image: ImageIndex, mode: Mode, answer: Answer): ScoredRecord {
  const { chosen, text, logprob, a, b, reason } = answer;
  const common = base(pair, image, mode);
  return {
    ...common,
    status: 'scored',
    chosen,
    correct: chosen === common.right,
    options: null,
    mass: null,
    margin: null,
    letterVariants: null,
    text,
    promptTokens: 0,
    ...(mode.answer === 'scores' ? { judge: { name: 'of the imported file', sha256: '', a, b, text: reason } } : {}),
    ...(logprob === null ? {} : { logprob }),
    notes: mode.answer === 'text' && text !== null && behindThought(text).cut ? [THOUGHT_CUT] : [],
  };
}

function failedPair(pair: Pair, mode: Mode, f: Fault): FailedRecord[] {
  return ([1, 2] as const).map((image) => ({
    ...base(pair, image, mode),
    status: 'failed',
    chosen: null,
    correct: null,
    options: null,
    fault: f,
    notes: [],
  }));
}
