import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CSP } from '../../../tools/serve/headers.mjs';
import { listFolder, mountFolder, parseRange, serve } from '../../../tools/serve/server.mjs';

const folder = mkdtempSync(join(tmpdir(), 'lookalike-server-'));
const root = join(folder, 'dist');
const model = join(folder, 'model');
let server: Awaited<ReturnType<typeof serve>>;

/** A raw request: fetch would tidy the path before sending it. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    call.on('error', reject);
    call.end();
  });
}

beforeAll(async () => {
  mkdirSync(join(root, 'assets'), { recursive: true });
  mkdirSync(join(model, 'onnx'), { recursive: true });
  writeFileSync(join(root, 'index.html'), '<title>Lookalike</title>');
  writeFileSync(join(root, 'assets', 'engine-1a2b.js'), 'export {};');
  writeFileSync(join(root, 'assets', 'ort.wasm'), '0123456789');
  writeFileSync(join(root, '.lookalike-build'), 'stamp');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(model, 'config.json'), '{}');
  writeFileSync(join(model, 'onnx', 'decoder é.onnx'), 'weights');
  writeFileSync(join(model, '.token'), 'hidden');
  symlinkSync(join(folder, 'secret.txt'), join(model, 'linked.txt'));
  symlinkSync(model, join(model, 'onnx', 'loop'));
  server = await serve({ root, port: 0, mounts: [await mountFolder('/drive/model/', model)] });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('every response', () => {
  test.each([
    ['/', 200],
    ['/assets/engine-1a2b.js', 200],
    ['/assets/ort.wasm', 200],
    ['/drive/model/config.json', 200],
    ['/drive/model/index.json', 200],
    ['/missing.js', 404],
    ['/assets', 404],
  ])('carries the policy and isolation headers: %s', async (path, status) => {
    const response = await ask(path);
    expect(response.status).toBe(status);
    expect(response.headers).toMatchObject({
      'content-security-policy': CSP,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
  });

  test('has no wildcard, no eval and no host but its own in the policy', () => {
    expect(CSP).toContain("connect-src 'self'");
    expect(CSP).toContain("default-src 'none'");
    expect(CSP).not.toMatch(/\*|'unsafe-eval'|https?:/);
  });
});

describe('what is out of reach', () => {
  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/assets/../../secret.txt',
    '/.lookalike-build',
    '/drive/model/../../secret.txt',
    '/drive/model/.token',
    '/drive/model/%2e%2e/secret.txt',
    '/%00',
    '/%zz',
  ])('%s', async (path) => {
    const response = await ask(path);
    expect(response.status).toBe(404);
    expect(response.body).not.toContain('secret');
  });

  test('another host name, as a page elsewhere could give itself, is refused', async () => {
    expect((await ask('/', { Host: 'evil.example:4178' })).status).toBe(421);
  });

  test('anything but reading is refused', async () => {
    expect((await ask('/', {}, 'POST')).status).toBe(405);
  });
});

describe('files', () => {
  test.each([
    ['/', 'text/html; charset=utf-8'],
    ['/assets/engine-1a2b.js', 'text/javascript; charset=utf-8'],
    ['/assets/ort.wasm', 'application/wasm'],
    ['/drive/model/onnx/decoder%20%C3%A9.onnx', 'application/octet-stream'],
  ])('%s is %s', async (path, type) => {
    expect((await ask(path)).headers['content-type']).toBe(type);
  });

  test('HEAD tells the length and sends nothing', async () => {
    const response = await ask('/assets/ort.wasm', {}, 'HEAD');
    expect([response.status, response.headers['content-length'], response.body]).toEqual([200, '10', '']);
  });

  test('a range is served as such', async () => {
    const response = await ask('/assets/ort.wasm', { Range: 'bytes=2-4' });
    expect([response.status, response.headers['content-range'], response.body]).toEqual([206, 'bytes 2-4/10', '234']);
  });

  test('a range behind the end is refused with the size', async () => {
    const response = await ask('/assets/ort.wasm', { Range: 'bytes=10-' });
    expect([response.status, response.headers['content-range']]).toEqual([416, 'bytes */10']);
  });

  test('a known entity tag is answered with 304 and the headers', async () => {
    const { headers } = await ask('/');
    const response = await ask('/', { 'If-None-Match': String(headers['etag']) });
    expect([response.status, response.headers['content-security-policy'], response.body]).toEqual([304, CSP, '']);
  });

  test('hashed names are cached for good, others are asked for again', async () => {
    expect((await ask('/assets/ort.wasm')).headers['cache-control']).toContain('immutable');
    expect((await ask('/')).headers['cache-control']).toBe('no-cache');
  });
});

test.each([
  [undefined, null],
  ['bytes=0-0', { start: 0, end: 0 }],
  ['bytes=5-', { start: 5, end: 9 }],
  ['bytes=-3', { start: 7, end: 9 }],
  ['bytes=-30', { start: 0, end: 9 }],
  ['bytes=8-99', { start: 8, end: 9 }],
  ['bytes=-0', 'bad'],
  ['bytes=4-2', null],
  ['bytes=0-1,4-5', null],
  ['lines=0-1', null],
])('range %s of 10 bytes', (header, wanted) => {
  expect(parseRange(header, 10)).toEqual(wanted);
});

test('a folder is listed with links followed, loops and hidden files left out', async () => {
  expect(await listFolder(model)).toEqual([
    { path: 'config.json', size: 2 },
    { path: 'linked.txt', size: 6 },
    { path: 'onnx/decoder é.onnx', size: 7 },
  ]);
});

test('a taken port is said in a sentence', async () => {
  await expect(serve({ root, port: server.port })).rejects.toThrow(`Port ${server.port} is taken by another program.`);
});
