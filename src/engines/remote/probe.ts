import { fault, toFault, orThrow, type Fault, type Result } from '../../core/fault.ts';
import { methodOf } from '../../core/methods/registry.ts';
import { nameOf, type RequestedMethod } from '../../core/methods/names.ts';
import type { Thinking } from '../../core/chat/settings.ts';
import type { ChatPrompt } from '../../core/servers/chat.ts';
import {
  boundaryCheck,
  distance,
  lettersCheck,
  optionImageCheck,
  readChecks,
  type TestReads,
} from '../../core/servers/checks.ts';
import type { ServerCheck } from '../../core/servers/config.ts';
import { given, type Adapter, type Looked, type Ways } from './adapter.ts';
import { picture, type SentImage } from './images.ts';

/** What a probe found: how methods can be read, and what speaks for or against the answers. */
export interface Probed {
  readonly looked: Looked;
  readonly ways: Ways;
  readonly checks: readonly ServerCheck[];
  /** For comparing at the last item: the same question must still be answered as now. */
  readonly again: TestReads['first'];
}

const SIDE = 112;
/** Two pictures that no model should take for each other. */
const HALF = (): Uint8Array<ArrayBuffer> => picture(SIDE, (x) => (x < SIDE / 2 ? [250, 250, 250] : [10, 10, 10]));
const RINGS = (): Uint8Array<ArrayBuffer> =>
  picture(SIDE, (x, y) =>
    Math.hypot(x - SIDE / 2, y - SIDE / 2) % (SIDE / 4) < SIDE / 8 ? [20, 200, 40] : [90, 0, 120],
  );
const LETTER =
  'Look at the image and choose the option that fits.\nQuestion: What is shown?\nA: a bright half\nB: green rings\nReply with the letter of the option.';
const OPEN = 'Question: What is shown?';
const OPTIONS = { A: 'a bright half on the left', B: 'green rings' };

function prompt(text: string, image: SentImage | null, thinking: Thinking): ChatPrompt {
  const parts = [
    ...(image === null ? [] : [{ kind: 'image' as const, url: image.url }]),
    { kind: 'text' as const, text },
  ];
  return { system: null, parts, thinking };
}

export interface ProbeParts {
  readonly adapter: Adapter;
  readonly thinking: Thinking;
  readonly sized: (png: Uint8Array<ArrayBuffer>) => Promise<Result<SentImage>>;
  readonly says: (what: string) => void;
}

/**
 * Asks a server whose answers are not believed yet a question of our own, with pictures of our own.
 * @throws FaultError where it cannot be asked at all
 */
export async function probe({ adapter, thinking, sized, says }: ProbeParts): Promise<Probed> {
  says('the server');
  const looked = await adapter.look();
  const [half, rings] = [orThrow(await sized(HALF())), orThrow(await sized(RINGS()))];
  const ask = (image: SentImage | null): ChatPrompt => prompt(LETTER, image, thinking);
  says('how the server can be asked');
  const ways = await adapter.ways({ letter: ask(half), open: prompt(OPEN, half, thinking), options: OPTIONS });
  says('whether its answers can be believed');
  const first = await adapter.fingerprint(ask(half));
  const reads: TestReads = {
    first,
    again: await adapter.fingerprint(ask(half)),
    other: await adapter.fingerprint(ask(rings)),
    none: await adapter.fingerprint(ask(null)),
    hot: first.top.size === 0 || adapter.greedyOnly ? null : await adapter.fingerprint(ask(half), true),
  };
  const noise = distance(reads.first, reads.again) ?? 0;
  const checks = [
    ...readChecks(reads),
    ...(await attempt('letters', ['gd'], ways.gd, () => letterChecks(adapter, ask(half), reads))),
    ...(await attempt('options', ['ps'], ways.ps, () =>
      optionChecks(
        adapter,
        [half, rings].map((i) => prompt(OPEN, i, thinking)),
        noise,
        ways,
      ),
    )),
  ];
  return { looked, ways, checks, again: reads.first };
}

/** The same question as at the beginning: a server that was changed or confused meanwhile answers it otherwise. */
export async function probeAgain(
  { adapter, thinking, sized }: Omit<ProbeParts, 'says'>,
  before: Probed,
): Promise<readonly ServerCheck[]> {
  const [half, rings] = [orThrow(await sized(HALF())), orThrow(await sized(RINGS()))];
  const first = await adapter.fingerprint(prompt(LETTER, half, thinking));
  const other = await adapter.fingerprint(prompt(LETTER, rings, thinking));
  const none = await adapter.fingerprint(prompt(LETTER, null, thinking));
  const checks = readChecks({ first: before.again, again: first, other, none, hot: null });
  return checks
    .filter((c) => c.name !== 'probabilities sum to 1 at most')
    .map((c) => ({ ...c, name: `${c.name}, at the last item` }));
}

/** A check that cannot even be made is a failed one. */
export async function attempt(
  name: string,
  needed: readonly string[],
  way: string | null,
  work: () => Promise<readonly ServerCheck[]>,
): Promise<readonly ServerCheck[]> {
  if (way === null) return [];
  try {
    return await work();
  } catch (e) {
    const found: Fault = toFault(e);
    if (['stopped', 'server-gone', 'spent'].includes(found.code)) throw e;
    // One question whose letters are not in the list is no reason against the others.
    const passed = way.startsWith('top 20');
    return [{ name: `${name} can be read`, passed, detail: found.message, needed }];
  }
}

async function letterChecks(
  adapter: Adapter,
  asked: ChatPrompt,
  { first }: TestReads,
): Promise<readonly ServerCheck[]> {
  const { ids, at } = await adapter.letters(asked);
  const named = new Set([`id ${ids.A}`, `id ${ids.B}`, '65', '66', 'A', 'B']);
  const top = [...first.top].filter(([name]) => !named.has(name)).map(([, p]) => p);
  return [lettersCheck([given(at.get(ids.A)), given(at.get(ids.B))], top)];
}

async function optionChecks(
  adapter: Adapter,
  [half, rings]: readonly ChatPrompt[],
  noise: number,
  ways: Ways,
): Promise<readonly ServerCheck[]> {
  if (!half || !rings || ways.ps === null) return [];
  const [a, b] = [await adapter.options(half, OPTIONS), await adapter.options(rings, OPTIONS)];
  const { tokenLogprobs, firstLogprobs } = a.options.A;
  return [
    boundaryCheck(given(tokenLogprobs[0]), given(firstLogprobs[0]), noise),
    optionImageCheck(tokenLogprobs, b.options.A.tokenLogprobs, noise),
  ];
}

/** How each method that was asked for would be read; null where it cannot be. */
export function wayOf({ base }: Pick<RequestedMethod, 'base'>, ways: Ways): string | null {
  if (base === 'gd-choice') return ways.choice;
  if (base === 'ps-chat') return ways.psChat;
  const { reads } = methodOf({ base });
  return reads === 'letters' ? ways.gd : reads === 'options' ? ways.ps : 'chat';
}

/** Why the server cannot be asked what is wanted of it; null where it can. */
export function hindrance(
  requests: readonly RequestedMethod[],
  { ways, checks, looked }: Probed,
  host: string,
): Fault | null {
  const remedy = (methods: readonly string[]): string =>
    looked.remedy !== undefined && methods.some((m) => m === 'gd' || m === 'ps') ? ` ${looked.remedy}` : '';
  const ids = [...new Set(requests.map((r) => r.base))];
  const failed = checks.find((c) => !c.passed && (c.needed.length === 0 || c.needed.some((m) => ids.includes(m))));
  if (failed)
    return fault(
      'server-wrong',
      `The server at ${host} failed a check (${failed.name}: ${failed.detail}), so nothing was scored.${
        failed.needed.length > 0
          ? ` Without ${failed.needed.filter((m) => ids.includes(m)).join(' and ')} it can be asked.`
          : ''
      }${remedy(failed.needed)}`,
      { check: failed.name },
    );
  const missing = requests.find((r) => wayOf(r, ways) === null);
  if (!missing) return null;
  const name = nameOf(missing);
  const other = instead(missing.base, ways);
  return fault(
    'unsupported',
    `The server at ${host} cannot give ${name}: ${lacks(missing.base)}.${other === null ? '' : ` Ask ${other} instead, which is a method of its own in the tables.`}${remedy([missing.base])}`,
    { method: name },
  );
}

function lacks(base: string): string {
  if (base === 'ps') return 'it gives no log-probabilities of an answer that it did not write';
  if (base === 'ps-chat') return 'it gives no log-probabilities of an answer in its chat';
  if (base === 'gd') return 'it gives no log-probabilities of the letters';
  return 'it neither gives log-probabilities nor lets itself be told to write one of two tokens (for that the model’s tokenizer must be known: name its folder with --server-processor)';
}

function instead(base: string, ways: Ways): string | null {
  if (base === 'gd' && ways.choice !== null) return 'gd-choice';
  if (base === 'ps' && ways.psChat !== null) return 'ps-chat';
  return null;
}
