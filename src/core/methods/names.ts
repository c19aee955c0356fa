import { conditionName, parseCondition, parseConditionKind, type Condition, type ConditionKind } from './conditions.ts';
import type { Method, RecordKind } from './method.ts';

/*
 * The one place that reads and writes names of methods: `gd`, `ps+no-image`, `gd+paraphrase-1` as they are asked, `gd+paraphrase` as it is chosen before
 * the paraphrases are known, `ps-official` and `ff-likelihood+swap` as they are recorded.
 */

/** A method as a run asks it, alone or under a condition. Plain data: it crosses to workers. */
export interface RequestedMethod {
  /** Id of a method. */
  readonly base: string;
  readonly condition: Condition | null;
}

/** A method as it is chosen: under `paraphrase` it stands for one request with each paraphrase of the run. */
export interface MethodChoice {
  readonly base: string;
  readonly condition: ConditionKind | null;
}

/** A recorded method: which record of which method, under which condition. */
export interface RecordedMethod {
  readonly method: Method;
  readonly record: RecordKind;
  readonly condition: Condition | null;
}

/** The name of a requested method, as run.json and records write it. */
export function nameOf({ base, condition }: RequestedMethod): string {
  return condition === null ? base : `${base}+${conditionName(condition)}`;
}

/** The name of a choice, as arguments write it. */
export function choiceName({ base, condition }: MethodChoice): string {
  return condition === null ? base : `${base}+${condition}`;
}

/** The request that a name means among these methods; null for a name that is none of theirs. */
export function parseRequest(name: string, methods: readonly Method[]): RequestedMethod | null {
  const { base, suffix } = partsOf(name);
  const condition = suffix === null ? null : parseCondition(suffix);
  const method = methods.find((m) => m.id === base);
  if (!method || (suffix !== null && condition === null) || !allows(method, condition)) return null;
  return { base, condition };
}

/** The choice that a name means among these methods; null for a name that is none of theirs. */
export function parseChoice(name: string, methods: readonly Method[]): MethodChoice | null {
  const { base, suffix } = partsOf(name);
  const condition = suffix === null ? null : parseConditionKind(suffix);
  const method = methods.find((m) => m.id === base);
  if (!method || (suffix !== null && (condition === null || !method.conditions.includes(condition)))) return null;
  return { base, condition };
}

/** What a record's method name means among these methods; null for one of another program. */
export function parseRecorded(name: string, methods: readonly Method[]): RecordedMethod | null {
  const { base, suffix } = partsOf(name);
  const condition = suffix === null ? null : parseCondition(suffix);
  if (suffix !== null && condition === null) return null;
  for (const method of methods) {
    const record = method.records.find((r) => r.id === base);
    if (record) return allows(method, condition) ? { method, record, condition } : null;
  }
  return null;
}

/** The name under which a kind of record is written under a condition. */
export function recordName(record: RecordKind, condition: Condition | null): string {
  return nameOf({ base: record.id, condition });
}

function allows(method: Method, condition: Condition | null): boolean {
  return condition === null || method.conditions.includes(condition.kind);
}

function partsOf(name: string): { readonly base: string; readonly suffix: string | null } {
  const at = name.indexOf('+');
  return at < 0 ? { base: name, suffix: null } : { base: name.slice(0, at), suffix: name.slice(at + 1) };
}
