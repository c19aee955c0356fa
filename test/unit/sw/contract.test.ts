import { expect, test } from 'vitest';
import { hubHosts, OFFICIAL_HUB } from '../../../src/core/models/hub/listing.ts';
import { readHosts } from '../../../src/sw/contract.ts';

test('the hosts of every hub that can be allowed pass into the policy', () => {
  for (const hub of [OFFICIAL_HUB, 'https://mirror.example:8443', 'http://127.0.0.1:9000', 'http://localhost:80'])
    expect(readHosts({ hosts: hubHosts(hub) })).toEqual(hubHosts(hub));
});

test.for([
  "https://a.example; script-src 'unsafe-eval'",
  '*',
  'https:',
  "'self'",
  'data:',
  'https://a.example https://b.example',
  'https://a.example/path',
  'HTTPS://A.EXAMPLE\n',
  7,
  null,
])('what is no host does not get into the policy: %s', (host) => {
  expect(readHosts({ hosts: [host, 'https://good.example'] })).toEqual(['https://good.example']);
});

test.for([null, 'x', [], {}, { hosts: 'https://a.example' }])('a policy that is none allows nothing: %s', (policy) => {
  expect(readHosts(policy)).toEqual([]);
});
