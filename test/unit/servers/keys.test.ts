import { describe, expect, it } from 'vitest';
import { heldKey, keyFor, keyWords, type HeldKey } from '../../../src/core/servers/keys.ts';

function held(key: string, url: string, named: string | null): HeldKey | null {
  const found = heldKey(key, url, named);
  if (!found.ok) throw new Error(found.fault.message);
  return found.value;
}

describe('a key of the environment belongs to one server', () => {
  it('to the one that LOOKALIKE_SERVER_URL names, whatever the command line names', () => {
    const one = held('k', 'https://api.example/v1', 'http://127.0.0.1:8000');
    expect(one).toEqual({ origin: 'https://api.example', key: 'k' });
    expect(keyFor(one ? [one] : [], 'http://127.0.0.1:8000')).toBe('');
  });

  it('else to the one that the command line names', () => {
    expect(held('k', '', 'http://127.0.0.1:8000/v1')).toEqual({ origin: 'http://127.0.0.1:8000', key: 'k' });
  });

  it('else to none', () => {
    expect(held('k', '', null)).toBeNull();
    expect(held('', 'https://api.example', null)).toBeNull();
  });

  it('an address that is none is refused, and not quoted', () => {
    const found = heldKey('k', 'https://me:hunter2@api.example', null);
    expect(found).toMatchObject({ ok: false, fault: { code: 'bad-argument' } });
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it.each([
    ['https://api.example', 'k'],
    ['https://api.example/some/path/v1', 'k'],
    ['https://API.example:443', 'k'],
    ['http://api.example', ''],
    ['https://api.example:8443', ''],
    ['https://api.example.evil.example', ''],
    ['https://evil.example/api.example', ''],
    ['https://api.example@evil.example', ''],
    ['nothing at all', ''],
  ])('%s is sent "%s"', (address, key) => {
    expect(keyFor([{ origin: 'https://api.example', key: 'k' }], address)).toBe(key);
  });

  it('what a person is told says for whom it is, and whom it is not sent', () => {
    const news = { origins: ['https://api.example'], unbound: false };
    expect(keyWords(news, 'https://api.example/v1')).toMatch(/belongs to https:\/\/api\.example and is sent/);
    expect(keyWords(news, '127.0.0.1:8000')).toBe(
      'LOOKALIKE_SERVER_KEY belongs to https://api.example: it is not sent to http://127.0.0.1:8000.',
    );
    expect(keyWords({ origins: [], unbound: true }, '127.0.0.1:8000')).toMatch(/sent nowhere/);
    expect(keyWords({ origins: [], unbound: false }, '127.0.0.1:8000')).toBeNull();
  });
});
