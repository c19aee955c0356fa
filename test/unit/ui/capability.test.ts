import { describe, expect, it } from 'vitest';
import { deviceFacts, type DeviceReport } from '../../../src/ui/shared/capability.ts';

const adapter = {
  info: { vendor: 'nvidia', architecture: 'ampere', device: '', description: '' },
  fallback: false,
  half: true,
  features: ['shader-f16'],
  limits: { maxBufferSize: 4e9 },
};
const good: DeviceReport = {
  capabilities: {
    browser: 'Chromium 156',
    cores: 8,
    isolated: true,
    shared: true,
    locks: true,
    offscreen: true,
    memory: null,
    adapter,
  },
  memory: 8,
  storage: { used: 1e9, quota: 60e9, persisted: true, where: 'disk' },
};
const fact = (report: DeviceReport, name: string) => deviceFacts(report).find((f) => f.name === name);

describe('the capability line', () => {
  it('names the adapter by vendor and architecture where it has no description', () => {
    expect(fact(good, 'WebGPU')).toMatchObject({ value: 'nvidia ampere', state: 'good' });
  });

  it('says that there is no WebGPU and what happens then', () => {
    const none = { ...good, capabilities: { ...good.capabilities, adapter: null } };
    expect(fact(none, 'WebGPU')).toMatchObject({ value: 'none', state: 'limit' });
    expect(fact(none, 'WebGPU')?.detail).toContain('WASM');
    expect(fact(none, 'Half precision')).toBeUndefined();
  });

  it('says that an adapter is software', () => {
    const software = { ...good, capabilities: { ...good.capabilities, adapter: { ...adapter, fallback: true } } };
    expect(fact(software, 'WebGPU')).toMatchObject({ value: 'nvidia ampere, software', state: 'limit' });
  });

  it('counts one thread where the page is not isolated', () => {
    const alone = { ...good, capabilities: { ...good.capabilities, isolated: false, shared: false } };
    expect(fact(alone, 'Processor')).toMatchObject({ value: '1 of 8 cores', state: 'limit' });
  });

  it('counts one thread where memory cannot be shared, and does not send the user for headers that are there', () => {
    const alone = fact({ ...good, capabilities: { ...good.capabilities, shared: false } }, 'Processor');
    expect(alone).toMatchObject({ value: '1 of 8 cores', state: 'limit' });
    expect(alone?.detail).toContain('SharedArrayBuffer');
    expect(alone?.detail).not.toContain('COOP');
  });

  it('says what is missing of locks and canvases, and nothing where they are there', () => {
    expect(fact(good, 'Web Locks')).toBeUndefined();
    const old = { ...good, capabilities: { ...good.capabilities, locks: false, offscreen: false } };
    expect(fact(old, 'Web Locks')?.detail).toContain('one tab');
    expect(fact(old, 'OffscreenCanvas')?.detail).toContain('PNG');
  });

  it('says that nothing is kept', () => {
    const none = fact({ ...good, storage: { ...good.storage, where: 'memory' } }, 'Storage');
    expect(none).toMatchObject({ value: 'none, memory only', state: 'limit' });
  });

  it('tells the room that is left', () => {
    expect(fact(good, 'Storage')?.value).toBe('59.0 GB free');
    expect(fact({ ...good, storage: { used: 0, quota: 1e9, persisted: false, where: 'disk' } }, 'Storage')?.state).toBe(
      'limit',
    );
    expect(
      fact({ ...good, storage: { used: null, quota: null, persisted: false, where: 'disk' } }, 'Storage')?.value,
    ).toBe('not told');
  });

  it('leaves out memory that the browser does not tell', () => {
    expect(fact({ ...good, memory: null }, 'Memory')).toBeUndefined();
  });
});
