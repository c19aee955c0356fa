import { webLocks } from '../../bridge/locks.ts';

/** What this browser offers, read on the page. */
export interface Capabilities {
  readonly browser: string;
  readonly cores: number;
  readonly isolated: boolean;
  /** Whether memory can be shared with workers, which WASM threads need. WebKitGTK has none although the page is isolated. */
  readonly shared: boolean;
  readonly locks: boolean;
  readonly offscreen: boolean;
  /** navigator.deviceMemory in bytes: coarse, and never above 8 GiB; null where the browser does not tell. */
  readonly memory: number | null;
  readonly adapter: {
    readonly info: Readonly<Record<string, string>>;
    readonly fallback: boolean;
    readonly half: boolean;
    readonly features: readonly string[];
    readonly limits: Readonly<Record<string, number>>;
  } | null;
}

const LIMIT_NAMES = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** Asks for the WebGPU adapter without making a device. */
export async function capabilities(): Promise<Capabilities> {
  const base = {
    browser: browserName(),
    cores: navigator.hardwareConcurrency,
    isolated: globalThis.crossOriginIsolated,
    shared: sharedMemory(),
    locks: (await webLocks()) !== null,
    offscreen: typeof OffscreenCanvas !== 'undefined',
    memory: memoryTold(),
  };
  const adapter = await requestAdapter();
  if (adapter === null) return { ...base, adapter: null };
  const { vendor, architecture, device, description } = adapter.info;
  return {
    ...base,
    adapter: {
      info: { vendor, architecture, device, description },
      fallback: adapter.info.isFallbackAdapter,
      half: adapter.features.has('shader-f16'),
      features: [...adapter.features].sort(),
      limits: Object.fromEntries(LIMIT_NAMES.map((n) => [n, adapter.limits[n]])),
    },
  };
}

function memoryTold(): number | null {
  const told: unknown = 'deviceMemory' in navigator ? navigator.deviceMemory : null;
  return typeof told === 'number' ? told * 2 ** 30 : null;
}

async function requestAdapter(): Promise<GPUAdapter | null> {
  if (!('gpu' in navigator)) return null;
  try {
    return await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  } catch {
    return null; // a browser whose GPU process is blocked throws here; it has no adapter for us
  }
}

function sharedMemory(): boolean {
  return globalThis.crossOriginIsolated && typeof SharedArrayBuffer !== 'undefined';
}

/** Threads that WASM may use: the cores where memory can be shared with workers, else 1. */
export function wasmThreads(asked: number | 'auto'): number {
  if (!sharedMemory()) return 1;
  const cores = Math.max(1, navigator.hardwareConcurrency);
  return asked === 'auto' ? Math.min(cores, 8) : Math.max(1, Math.min(asked, 64));
}

/** Name and version of the browser, as results name it. */
export function browserName(): string {
  const agent = navigator.userAgent;
  const found = /(Firefox|Edg|Chrome|Version)\/([\d.]+)/.exec(agent);
  if (!found) return agent;
  const name = { Firefox: 'Firefox', Edg: 'Edge', Chrome: 'Chromium', Version: 'Safari' }[found[1] ?? ''] ?? found[1];
  return `${name} ${found[2]} (${/HeadlessChrome/.test(agent) ? 'headless, ' : ''}${navigator.platform})`;
}
