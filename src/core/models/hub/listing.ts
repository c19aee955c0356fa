import { fail, fault, ok, type Fault, type Result } from '../../fault.ts';
import { at, isObject } from '../../json.ts';

/** A file of a hub repository at a commit. What it must hash to is known before its first byte. */
export interface HubFile {
  readonly path: string;
  readonly size: number;
  /** Of LFS files; null for small ones. */
  readonly sha256: string | null;
  /** Git object id: of the content for small files (of the pointer for LFS files, where it is not used). */
  readonly gitOid: string;
}

export const OFFICIAL_HUB = 'https://huggingface.co';

/** Hosts that a download from a hub touches: the official one answers large files from its own delivery hosts, a mirror from itself. */
export function hubHosts(address: string): readonly string[] {
  return address === OFFICIAL_HUB ? [OFFICIAL_HUB, 'https://*.hf.co'] : [new URL(address).origin];
}

/** A hub's address as written by a person: https, or http on this machine (a mirror in a hospital may have a path). */
export function readHubAddress(text: string): Result<string> {
  let url: URL;
  try {
    url = new URL(text.includes('://') ? text.trim() : `https://${text.trim()}`);
  } catch {
    return fail(fault('bad-argument', `"${text}" is not an address. Write it like ${OFFICIAL_HUB}.`));
  }
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local))
    return fail(fault('bad-argument', 'The hub must be reached by https (http only on this machine).'));
  if (url.username !== '' || url.search !== '' || url.hash !== '')
    return fail(fault('bad-argument', 'The address of a hub has no user name, question mark or # in it.'));
  return ok(url.origin + url.pathname.replace(/\/+$/, ''));
}

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

export const revisionUrl = (hub: string, repository: string, revision: string): string =>
  `${hub}/api/models/${repository}/revision/${encodeURIComponent(revision)}`;
export const treeUrl = (hub: string, repository: string, commit: string): string =>
  `${hub}/api/models/${repository}/tree/${commit}?recursive=true`;
export const fileUrl = (hub: string, repository: string, commit: string, path: string): string =>
  `${hub}/${repository}/resolve/${commit}/${encoded(path)}`;

const isSize = (x: unknown): x is number => typeof x === 'number' && Number.isSafeInteger(x) && x >= 0;
const isHex = (x: unknown, length: number): x is string =>
  typeof x === 'string' && x.length === length && /^[0-9a-f]+$/.test(x);

/** One page of the tree API: {type, oid, size, path, lfs?: {oid, size}}; folders are left out. */
export function readTreePage(json: unknown): Result<readonly HubFile[]> {
  if (!Array.isArray(json)) return fail(fault('network', 'The hub sent a list of files that cannot be read.'));
  const files: HubFile[] = [];
  for (const row of json) {
    if (at(row, 'type') !== 'file') continue;
    const file = readTreeRow(row);
    if (!file)
      return fail(
        fault('network', `The hub lists ${String(at(row, 'path'))} without a size or hash that can be checked.`),
      );
    files.push(file);
  }
  return ok(files);
}

function readTreeRow(row: unknown): HubFile | null {
  const path = at(row, 'path');
  const gitOid = at(row, 'oid');
  if (typeof path !== 'string' || !isHex(gitOid, 40) || path.split('/').some((p) => p === '' || p === '..'))
    return null;
  if (isObject(at(row, 'lfs'))) {
    const sha256 = at(row, 'lfs', 'oid');
    const size = at(row, 'lfs', 'size');
    return isHex(sha256, 64) && isSize(size) ? { path, size, sha256, gitOid } : null;
  }
  const size = at(row, 'size');
  return isSize(size) ? { path, size, sha256: null, gitOid } : null;
}

/** The next page's address in a Link header (RFC 8288), or null; never on another host. */
export function nextPage(link: string | null, current: string): string | null {
  const match = /<([^>]+)>\s*;\s*rel="?next"?/i.exec(link ?? '');
  if (!match?.[1]) return null;
  const next = new URL(match[1], current);
  return next.origin === new URL(current).origin ? next.href : null;
}

export interface RepositoryFacts {
  readonly commit: string;
  readonly gated: boolean;
  readonly licence: string | null;
}

/** /api/models/{id}/revision/{rev}. */
export function readRevision(json: unknown): Result<RepositoryFacts> {
  const commit = at(json, 'sha');
  if (!isHex(commit, 40)) return fail(fault('network', 'The hub names no commit for this model.'));
  const gated = at(json, 'gated');
  const licence = at(json, 'cardData', 'license');
  return ok({
    commit,
    gated: gated !== undefined && gated !== false,
    licence: typeof licence === 'string' ? licence : null,
  });
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** X-Error-Code, '' when it is not sent or not shown to the page. */
  readonly errorCode: string;
  readonly body: string;
  readonly retryAfter: number | null;
}

export interface Refusal {
  readonly fault: Fault;
  /** Seconds to wait before trying again; null: trying again would not help. */
  readonly retryIn: number | null;
}

/** Why the hub did not give `what`, in words, and whether it may later. */
export function refusal(answer: Answer, repository: string, what: string): Refusal {
  const { status, errorCode } = answer;
  const facts = { status, errorCode, repository, what };
  const words = `${errorCode} ${answer.body.slice(0, 500)}`;
  const say = (message: string, retryIn: number | null = null): Refusal => ({
    fault: fault('network', message, facts),
    retryIn,
  });
  if (status === 407)
    return say(
      'A proxy between here and the hub asks for a sign-in. Sign in to it, or ask your network administrator.',
    );
  if (/gated|restricted|accept.{0,40}(terms|conditions|licen)/i.test(words) && (status === 401 || status === 403))
    return say(
      `${repository} is gated: accept its terms on its page at the hub, then enter an access token here (it is kept in memory only).`,
    );
  if (answer.contentType.includes('text/html') && status !== 404)
    return say(
      'A web page came instead of the hub’s answer: a proxy or sign-in page of this network stands between. Open the hub in a tab, or ask your network administrator.',
    );
  if (status === 401 || status === 403)
    return say(
      `The hub does not give ${repository} to everybody: the name is wrong, or the model is private and needs an access token.`,
    );
  if (status === 404)
    return say(
      /EntryNotFound/i.test(words)
        ? `${repository} has no ${what} at this revision.`
        : `The hub has no ${what}: ${repository} was not found. Check its name and revision.`,
    );
  if (status === 429)
    return say(
      'The hub limits how much this network may ask of it. The download goes on by itself in a while.',
      answer.retryAfter ?? 30,
    );
  if (status === 416) return say(`The hub has fewer bytes of ${what} than it announced.`, 2);
  if (status === 408 || status === 425 || status >= 500)
    return say(
      `The hub has a passing problem (${status}). The download goes on by itself when it answers again.`,
      answer.retryAfter ?? 1,
    );
  return say(`The hub refused ${what} (${status}).`);
}

/** Retry-After as seconds: a number, or a date. */
export function retryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.min(seconds, 300)) : null;
}
