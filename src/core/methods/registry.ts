import { fault, FaultError } from '../fault.ts';
import type { Letter } from '../benchmark/types.ts';
import type { ResultRecord } from '../records/record.ts';
import { conditionFacts, conditionKinds, presentationOf } from './conditions.ts';
import { FF } from './ff.ts';
import { GD } from './gd.ts';
import { MC } from './mc.ts';
import type { Derived, Method, OfficialFile, RecordKind } from './method.ts';
import {
  nameOf,
  parseChoice,
  parseRecorded,
  parseRequest,
  recordName,
  type MethodChoice,
  type RecordedMethod,
  type RequestedMethod,
} from './names.ts';
import { PS } from './ps.ts';
import { GD_CHOICE, PS_CHAT } from './served.ts';

/** The methods of Lookalike, in the order of the paper's tables. A method is added by its file and its name here. */
const METHODS: readonly Method[] = [MC, GD, PS, FF];
let registered = METHODS;
/** What a server gives in place of a method that it cannot give: names of their own, so that they are never mixed with it in a table. */
const SERVED: readonly Method[] = [GD_CHOICE, PS_CHAT];
const known = (): readonly Method[] => [...registered, ...SERVED];

/** All methods that can be asked. */
export function methods(): readonly Method[] {
  return registered;
}

/** Methods that only a model behind a server is asked. */
export function servedMethods(): readonly Method[] {
  return SERVED;
}

/** Whether only a model behind a server can be asked this. */
export function isServedOnly({ base }: Pick<RequestedMethod, 'base'>): boolean {
  return SERVED.some((m) => m.id === base);
}

/** Does some work with one method more than there is: how tests see that nothing else must be told of a method. */
export async function withMethod<T>(method: Method, work: () => T | Promise<T>): Promise<T> {
  const before = registered;
  registered = [...before, method];
  try {
    return await work();
  } finally {
    registered = before;
  }
}

/** The method of a request. @throws FaultError 'bad-argument' when there is none of that id */
export function methodOf({ base }: Pick<RequestedMethod, 'base'>): Method {
  const method = known().find((m) => m.id === base);
  if (!method) throw noSuchMethod(base);
  return method;
}

/** Methods that are asked where nobody chooses. */
export function usualMethods(): readonly MethodChoice[] {
  return registered.filter((m) => m.usual).map((m) => ({ base: m.id, condition: null }));
}

/** Requests that read likelihoods, which is what a device is checked by. */
export function likelihoodRequests(): readonly RequestedMethod[] {
  return registered.filter((m) => m.reads !== 'text').map((m) => ({ base: m.id, condition: null }));
}

/**
 * Stored names as requests.
 * @throws FaultError 'bad-argument' naming the one that is no method
 */
export function requestedMethods(names: readonly string[]): readonly RequestedMethod[] {
  return names.map((name) => {
    const request = parseRequest(name, known());
    if (!request) throw noSuchMethod(name);
    return request;
  });
}

/**
 * Names from the command line as choices.
 * @throws FaultError 'bad-argument' naming the one that is no method
 */
export function methodChoices(names: readonly string[]): readonly MethodChoice[] {
  return names.map((name) => {
    const choice = parseChoice(name, known());
    if (!choice) throw noSuchMethod(name);
    return choice;
  });
}

function noSuchMethod(name: string): FaultError {
  const ids = registered.map((m) => m.id).join(', ');
  return new FaultError(
    fault('bad-argument', `There is no method "${name}". Choose among ${ids}, alone or under a condition.`, {
      method: name,
    }),
  );
}

/** What a record's method name means; null for a method of another program. */
export function recordedMethod(name: string): RecordedMethod | null {
  return parseRecorded(name, known());
}

/** Whether a record's question was asked as it is, under no condition. Methods of other programs are taken to. */
export function isPlain(name: string): boolean {
  return (recordedMethod(name)?.condition ?? null) === null;
}

/** The records that a request writes when it is scored, with their names: `ps` gives `ps-official` from the same pass. */
export function recordsOfRequest(
  request: RequestedMethod,
): readonly { readonly record: RecordKind; readonly name: string }[] {
  return methodOf(request)
    .records.filter((r) => r.by === 'pass' && (request.condition === null || r.plainOnly !== true))
    .map((record) => ({ record, name: recordName(record, request.condition) }));
}

/** The names of those records. */
export function recordedNames(request: RequestedMethod): readonly string[] {
  return recordsOfRequest(request).map((r) => r.name);
}

/** The records that a run's methods write, of the names that run.json has. A name of another program is its own record. */
export function recordsOfRun(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const request = parseRequest(name, known());
    return request ? recordedNames(request) : [name];
  });
}

/** Whether some choice shows the run's marks. */
export function showsMarks(requests: readonly Pick<MethodChoice, 'condition'>[]): boolean {
  return requests.some((c) => c.condition !== null && conditionFacts(c.condition).probe === 'marks');
}

/** Whether some choice asks in the words of the run's paraphrases. */
export function asksInOtherWords(choices: readonly MethodChoice[]): boolean {
  return choices.some((c) => c.condition === 'paraphrase');
}

/** Whether a judge is needed for what is chosen. */
export function needsJudge(choices: readonly Pick<MethodChoice, 'base'>[]): boolean {
  return choices.some((c) => methodOf(c).judged);
}

/**
 * Choices as they are asked: `gd+paraphrase` once for each paraphrase of the run, nothing twice.
 * @param paraphrases how many there are
 */
export function expandChoices(choices: readonly MethodChoice[], paraphrases: number): readonly RequestedMethod[] {
  const all = choices.flatMap(({ base, condition }): RequestedMethod[] => {
    if (condition === null) return [{ base, condition }];
    if (condition !== 'paraphrase') return [{ base, condition: { kind: condition } }];
    return Array.from({ length: paraphrases }, (_, i) => ({ base, condition: { kind: condition, index: i + 1 } }));
  });
  return [...new Map(all.map((r) => [nameOf(r), r])).values()];
}

/** Everything that can be chosen: each method plainly, then each under its conditions. */
export function allChoices(): readonly MethodChoice[] {
  const plain = registered.map((m): MethodChoice => ({ base: m.id, condition: null }));
  return [
    ...plain,
    ...registered.flatMap((m) =>
      conditionKinds()
        .filter((kind) => m.conditions.includes(kind))
        .map((condition): MethodChoice => ({ base: m.id, condition })),
    ),
  ];
}

/** Recorded methods in the order of the paper's tables; conditions and methods of other programs behind them, in the order in which they come. */
export function orderMethods(names: Iterable<string>): readonly string[] {
  const order = known().flatMap((m) => m.records.map((r) => r.id));
  const rank = (name: string): number => {
    const at = order.indexOf(name);
    return at < 0 ? order.length : at;
  };
  return [...new Set(names)].sort((a, b) => rank(a) - rank(b));
}

/** Kinds of records that are a column of Table 1, in its order. */
export function tableColumns(): readonly (RecordKind & { readonly column: NonNullable<RecordKind['column']> })[] {
  return known()
    .flatMap((m) => m.records)
    .flatMap((r) => (r.column === null ? [] : [{ ...r, column: r.column }]))
    .sort((a, b) => a.column.place - b.column.place);
}

/** Records that the benchmark's own code knows, with the form of their files. */
export function officialRecords(): readonly { readonly record: string; readonly file: OfficialFile }[] {
  return registered
    .flatMap((m) => m.records)
    .flatMap((r) => (r.official === null ? [] : [{ record: r.id, file: r.official }]));
}

/** All records with what the methods derive from them: see `Method.derive`. */
export function withDerived(records: readonly ResultRecord[]): Derived {
  return registered.reduce<Derived>(
    (sum, m) => {
      if (!m.derive) return sum;
      const next = m.derive(sum.records);
      return { records: next.records, derived: [...sum.derived, ...next.derived] };
    },
    { records, derived: [] },
  );
}

/** The letter of the benchmark's options that a letter written under a request means: exchanged options are exchanged back. */
export function meantLetter(request: Pick<RequestedMethod, 'condition'>, written: Letter | null): Letter | null {
  if (written === null || !presentationOf(request.condition).swapped) return written;
  return written === 'A' ? 'B' : 'A';
}
