import { canonicalJson } from '../exchange/canonical.ts';
import { wrongEvent, isEvent } from './schema.ts';
import { NO_HASH, type Body, type Event, type Kept } from './events.ts';

/** SHA-256 of a text in UTF-8, hex. Given from outside: the page and the command line have it from different places. */
export type Hash = (text: string) => Promise<string>;

/** The event that follows: numbered, and bound to the one before by its hash. */
export async function follow<B extends Body>(last: Pick<Event, 'n' | 'hash'> | null, body: B, at: string, hash: Hash) {
  const event = {
    format: 'lookalike-review/1' as const,
    ...body,
    n: (last?.n ?? 0) + 1,
    at,
    prev: last?.hash ?? NO_HASH,
  };
  return { ...event, hash: await hash(canonicalJson(event)) };
}

/** One line of a trail, without its end: its bytes follow from its content, so that each byte of it is under the hash. */
function eventLine(event: Event): string {
  return canonicalJson(event);
}

/** A trail as JSON Lines, closed by a seal over all of it. */
export async function exportTrail(events: readonly Kept[], at: string, hash: Hash): Promise<string> {
  const last = events.at(-1) ?? null;
  const seal = await follow(last, { kind: 'seal', events: events.length }, at, hash);
  return [...events, seal].map((e) => `${eventLine(e)}\n`).join('');
}

/** Where a trail is not what was written. */
export interface Broken {
  /** From 1. */
  readonly line: number;
  readonly kind: 'changed' | 'removed' | 'exchanged' | 'cut' | 'doubled' | 'added' | 'false';
  readonly message: string;
}

export type Verified =
  | { readonly ok: true; readonly events: readonly Kept[]; readonly head: string }
  | { readonly ok: false; readonly broken: Broken };

interface Walk {
  readonly events: Kept[];
  last: Event | null;
  sealed: boolean;
}

/**
 * Proves an exported trail, or names the first line that is not what was written: a byte changed, a line removed, lines exchanged, the end cut off.
 * @param text the file
 */
export async function verifyTrail(text: string, hash: Hash): Promise<Verified> {
  if (text === '') return broken(1, 'cut', 'The file is empty.');
  const whole = text.endsWith('\n');
  const lines = (whole ? text.slice(0, -1) : text).split('\n');
  const walk: Walk = { events: [], last: null, sealed: false };
  const parsed = await Promise.all(lines.map((line) => readLine(line, hash)));
  for (const [i, found] of parsed.entries()) {
    const wrong = walk.sealed
      ? ({ kind: 'added', message: 'This line stands behind the seal that closes the trail.' } as const)
      : step(walk, found, parsed.slice(i + 1));
    if (wrong) return broken(i + 1, wrong.kind, wrong.message);
  }
  if (!walk.sealed || !whole) {
    const line = whole ? lines.length + 1 : lines.length;
    return broken(
      line,
      'cut',
      `The file ends without ${walk.sealed ? 'its last line end' : 'the seal that closes a trail'}: its end was cut off.`,
    );
  }
  return { ok: true, events: walk.events, head: walk.last?.hash ?? NO_HASH };
}

type Found = { readonly event: Event } | { readonly wrong: string };

/** A line by itself: an event whose bytes are those that were written. */
async function readLine(line: string, hash: Hash): Promise<Found> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { wrong: line === '' ? 'The line is empty.' : 'The line is not JSON.' };
  }
  if (!isEvent(value))
    return { wrong: `The line is no event of a trail: ${wrongEvent(value) ?? 'a field'} is missing or wrong.` };
  if (canonicalJson(value) !== line) return { wrong: 'The line is not written as it was: its bytes were changed.' };
  const { hash: said, ...rest } = value;
  if ((await hash(canonicalJson(rest))) !== said)
    return { wrong: 'Its hash is not that of its content: the line was changed.' };
  return { event: value };
}

/** Takes the next line, or says what is wrong with it. Where the line itself is whole, its number tells what became of its neighbours. */
function step(walk: Walk, found: Found, behind: readonly Found[]): Omit<Broken, 'line'> | null {
  if ('wrong' in found) return { kind: 'changed', message: found.wrong };
  const { event } = found;
  const due = (walk.last?.n ?? 0) + 1;
  if (event.n !== due) return misplaced(event.n, due, behind);
  if (event.prev !== (walk.last?.hash ?? NO_HASH))
    return {
      kind: 'changed',
      message: 'It does not follow on the line before: that line, or this one, is of another trail.',
    };
  const wrong = contradiction(event, due, walk);
  if (wrong) return { kind: 'false', message: wrong };
  walk.last = event;
  if (event.kind === 'seal') walk.sealed = true;
  else walk.events.push(event);
  return null;
}

function misplaced(n: number, due: number, behind: readonly Found[]): Omit<Broken, 'line'> {
  if (n < due) return { kind: 'doubled', message: `It is event ${n}, which stands above already.` };
  const later = behind.findIndex((f) => 'event' in f && f.event.n === due);
  if (later >= 0) {
    // Up to here every line stood in its place, so that the number due is the number of this line.
    const where = due + 1 + later;
    return {
      kind: 'exchanged',
      message: `It is event ${n}, and event ${due} is due here, which stands in line ${where}: the lines were exchanged.`,
    };
  }
  const lost = n - due;
  return {
    kind: 'removed',
    message: `It is event ${n}, and event ${due} is due here: ${lost === 1 ? 'a line was' : `${lost} lines were`} removed before it.`,
  };
}

/** What a whole and rightly placed line says that cannot be. */
function contradiction(event: Event, due: number, { events }: Walk): string | null {
  if (due === 1 && event.kind !== 'open') return 'A trail begins with whose it is.';
  if (due > 1 && event.kind === 'open') return 'A second trail begins here; each trail has a file of its own.';
  if (event.kind === 'seal' && event.events !== events.length)
    return `The seal closes ${event.events} events, and ${events.length} stand above it.`;
  return null;
}

const broken = (line: number, kind: Broken['kind'], message: string): Verified => ({
  ok: false,
  broken: { line, kind, message: `Line ${line}: ${message}` },
});
