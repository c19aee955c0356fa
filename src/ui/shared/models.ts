import { familyOf } from '../../core/models/families/registry.ts';
import type { Fault } from '../../core/fault.ts';
import { BUILTIN_MODEL, SERVED } from '../../core/models/builtin.ts';
import type { KeptModel } from '../../store/model-rows.ts';
import { keptServerId, type KeptServer } from '../../store/servers.ts';
import { servedName } from './servers.svelte.ts';

/** Whether and how a family can be believed: what its badge says. */
export type FamilyState =
  | { readonly kind: 'checked' | 'unchecked'; readonly type: string; readonly caveat: string | null }
  | { readonly kind: 'refused'; readonly type: string | null; readonly fault: Fault };

/** A model that can be chosen, wherever it is kept. */
export interface ModelEntry {
  readonly id: string;
  readonly name: string;
  readonly builtin: boolean;
  /** null: not known before it is loaded. */
  readonly bytes: number | null;
  readonly family: FamilyState;
  /** dtypes in which each session file is there. */
  readonly dtypes: Readonly<Record<string, readonly string[]>>;
  readonly kept: KeptModel | null;
  /** The server that has it; a model of this device when absent. */
  readonly served?: KeptServer;
}

export function familyState(modelType: string | null): FamilyState {
  const family = familyOf({ model_type: modelType });
  if (!family.ok) return { kind: 'refused', type: modelType, fault: family.fault };
  return { kind: family.value.status, type: family.value.type, caveat: family.value.caveat };
}

export function keptEntry(kept: KeptModel): ModelEntry {
  const family = familyState(kept.facts.modelType);
  return { id: kept.id, name: kept.name, builtin: false, bytes: kept.bytes, family, dtypes: kept.facts.dtypes, kept };
}

/** A model behind a server, whose own checks stand for its family's. */
export function servedEntry(served: KeptServer): ModelEntry {
  const { server } = served;
  const family: FamilyState = { kind: 'checked', type: server.kind, caveat: null };
  const name = servedName(served);
  return { id: keptServerId(server), name, builtin: false, bytes: null, family, dtypes: {}, kept: null, served };
}

/** dtypes that at least one session file is there in; a run takes other files in what they have (core/certificate/dtypes). */
export function dtypesOffered(entry: ModelEntry): readonly string[] {
  return [...new Set(Object.values(entry.dtypes).flat())];
}

/** A model's name out of its id, for runs whose model is gone. */
export function modelName(id: string): string {
  if (id === BUILTIN_MODEL) return 'phantom-vlm';
  const served = /^server:[a-z]+:(.*)$/.exec(id)?.[1];
  if (served !== undefined) return served.split('/').at(-1) ?? served;
  if (id.startsWith(SERVED)) return id.slice(SERVED.length).replace(/\/$/, '').split('/').at(-1) ?? id;
  return id.replace(/@[0-9a-f]{12}$/, '');
}
