import { isServedOnly } from '../../core/methods/registry.ts';
import type { MethodChoice } from '../../core/methods/names.ts';
import { BUILTIN_JUDGE } from '../../core/models/builtin.ts';
import type { RunConfig } from '../../core/records/run-config.ts';
import { serverModelId, type ServerConfig } from '../../core/servers/config.ts';
import type { ModelEntry } from '../shared/models.ts';
import { textChoice } from '../shared/servers.svelte.ts';

/** Why a model cannot be asked a method; null where it can. What only stands for another method is offered on servers alone. */
export function whyNot(model: ModelEntry | null, base: string): string | null {
  if (!model?.served) return isServedOnly({ base }) ? 'Only a model on a server is asked this.' : null;
  const offer = model.served.offers.find((o) => o.id === base);
  return offer ? offer.why : 'The server was not asked about it: check it again.';
}

/** Of the choices, those that the model can be asked. */
export function askable(model: ModelEntry | null, choices: readonly MethodChoice[]): readonly MethodChoice[] {
  return choices.filter((c) => whyNot(model, c.base) === null);
}

/** The judge of a run: the built-in one, one of this device, a person, the tested model itself, or a model behind a server. */
export function judgeOf(id: string): Pick<RunConfig, 'judgeId' | 'judgeServer'> {
  if (id === BUILTIN_JUDGE) return {};
  const choice = textChoice(id);
  if (!('server' in choice)) return { judgeId: id };
  return { judgeId: serverModelId(choice.server), judgeServer: choice.server };
}

/** How a server is asked in a run, as the form holds it. */
export interface ServerSettings {
  readonly concurrency: string;
  /** Per million tokens; '' for none. */
  readonly input: string;
  readonly output: string;
  readonly budget: string;
}
export const USUAL_SERVER: ServerSettings = { concurrency: '4', input: '', output: '', budget: '' };

/** The server as a run is told of it; what is wrong with the settings otherwise. */
export function runServer(server: ServerConfig, s: ServerSettings): ServerConfig | string {
  const concurrency = Number(s.concurrency);
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 256)
    return 'Requests at once must be a whole number from 1 to 256.';
  const [input, output, budget] = [s.input, s.output, s.budget].map(amount);
  if (input === undefined || output === undefined || (input === null) !== (output === null))
    return 'Give both prices, of tokens in and of tokens out, or none.';
  if (budget === undefined || budget === 0) return 'The limit must be a number above 0.';
  return {
    ...server,
    concurrency,
    prices: input === null || output === null ? null : { input, output },
    budget: budget ?? null,
  };
}

/** null: left empty; undefined: no amount. */
function amount(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  const n = Number(text);
  return Number.isFinite(n) && n >= 0 ? n : undefined;
}
