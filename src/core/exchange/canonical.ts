/**
 * JSON with one writing for one content: keys sorted by code unit, no white space, undefined members left out, numbers as JavaScript writes them
 * (RFC 8785). What a prompt set's SHA-256 is of.
 * @throws RangeError for a number that JSON cannot hold
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number') return finite(value, '');
  if (Array.isArray(value)) return `[${value.map((x) => canonicalJson(x ?? null)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`A ${typeof value} has no place in JSON.`);
  const members = Object.entries(value).filter(([, v]) => v !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
}

/**
 * `JSON.stringify` that refuses NaN and Infinity (which it would write as null) and names their place.
 * @param indent as for JSON.stringify
 * @throws RangeError
 */
export function strictJson(value: unknown, indent?: number): string {
  checkFinite(value, '');
  const text: unknown = JSON.stringify(value, null, indent);
  if (typeof text !== 'string') throw new TypeError(`A ${typeof value} has no place in JSON.`);
  return text;
}

function checkFinite(value: unknown, path: string): void {
  if (typeof value === 'number') finite(value, path);
  else if (Array.isArray(value)) value.forEach((x, i) => checkFinite(x, `${path}[${i}]`));
  else if (typeof value === 'object' && value !== null)
    for (const [k, x] of Object.entries(value)) checkFinite(x, path === '' ? k : `${path}.${k}`);
}

function finite(n: number, path: string): string {
  if (!Number.isFinite(n))
    throw new RangeError(`${path === '' ? 'A number' : path} is ${n}, which no result file can hold.`);
  return JSON.stringify(n);
}
