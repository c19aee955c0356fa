/** What the page and its service worker agree on. */
export const APP_CACHE = 'lookalike-app';
export const POLICY_CACHE = 'lookalike-policy';
/** Where, in the policy cache, the allowed hosts are: `{hosts: [...]}`. */
export const POLICY_KEY = './connect-policy.json';
export const SKIP_WAITING = 'skip-waiting';

/** An origin, or a wildcard of one, that may stand in connect-src: nothing that could smuggle in another directive. */
const HOST = /^https?:\/\/(\*\.)?[a-z0-9.-]+(:\d{1,5})?$|^http:\/\/\[::1\](:\d{1,5})?$/;

/** The hosts of a stored policy; anything that is not a host is left out. */
export function readHosts(policy: unknown): readonly string[] {
  if (typeof policy !== 'object' || policy === null || !('hosts' in policy) || !Array.isArray(policy.hosts)) return [];
  return policy.hosts.filter((h): h is string => typeof h === 'string' && HOST.test(h));
}
