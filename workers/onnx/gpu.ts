import type { DeviceFacts } from '../../src/protocol/engine.ts';
import { createWasmMeter } from './wasm-meter.ts';

/**
 * Hides every `subgroup*` feature, so that the runtime compiles its kernels without them. On adapters with a subgroup size of 4 the
 * attention kernels give wrong numbers for prefills of more than 32 tokens, without an error (docs/certificate.md). Must run before the
 * runtime asks for its device; holds for the life of this worker.
 */
export function hideSubgroups(): void {
  if (typeof GPUAdapter === 'undefined') return;
  const descriptor = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, 'features');
  const original = descriptor?.get;
  if (!descriptor || !original) return;
  Object.defineProperty(GPUAdapter.prototype, 'features', {
    ...descriptor,
    get(this: GPUAdapter) {
      const all = original.call(this) as GPUSupportedFeatures;
      return new Set([...all].filter((f) => !f.startsWith('subgroup')));
    },
  });
}

/** Counts GPU and WebAssembly bytes, since no interface of WebGPU tells them, and watches for the device's loss. */
export interface GpuMeter {
  /** Wraps WebGPU's prototypes and WebAssembly's memories, once. */
  install(): void;
  wasmBytes(): number;
  bytes(): number;
  peak(): number;
  lost(): string | null;
  devices(): readonly GPUDevice[];
}

export function createGpuMeter(): GpuMeter {
  let bytes = 0;
  let peak = 0;
  let lost: string | null = null;
  let installed = false;
  const devices: GPUDevice[] = [];
  const sizes = new WeakMap<GPUBuffer, number>();

  const wasm = createWasmMeter();

  function install(): void {
    wasm.install();
    if (installed || typeof GPUDevice === 'undefined') return;
    installed = true;
    const createBuffer = GPUDevice.prototype.createBuffer;
    GPUDevice.prototype.createBuffer = function (this: GPUDevice, descriptor) {
      const buffer = createBuffer.call(this, descriptor);
      sizes.set(buffer, descriptor.size);
      bytes += descriptor.size;
      peak = Math.max(peak, bytes);
      return buffer;
    };
    const destroy = GPUBuffer.prototype.destroy;
    GPUBuffer.prototype.destroy = function (this: GPUBuffer) {
      bytes -= sizes.get(this) ?? 0;
      sizes.delete(this);
      return destroy.call(this);
    };
    const requestDevice = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, descriptor) {
      const device = await requestDevice.call(this, descriptor);
      devices.push(device);
      // The runtime destroys its device with its last session and takes a new one for the next: only the newest one's loss is a loss.
      lost = null;
      void device.lost.then((info) => {
        if (device === devices.at(-1)) lost = `${info.reason}: ${info.message}`;
      });
      return device;
    };
  }
  return {
    install,
    wasmBytes: wasm.bytes,
    bytes: () => bytes,
    peak: () => peak,
    lost: () => lost,
    devices: () => devices,
  };
}

/** What the WebGPU adapter is; null adapter on WASM or where there is none. */
export async function adapterFacts(): Promise<Omit<DeviceFacts, 'threads'>> {
  const none = { adapter: null, features: [], limits: {} };
  if (!('gpu' in navigator)) return none;
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return none;
  const { vendor, architecture, device, description } = adapter.info;
  const limits: Record<string, number> = {};
  for (const name of [
    'maxBufferSize',
    'maxStorageBufferBindingSize',
    'maxComputeWorkgroupStorageSize',
    'maxComputeInvocationsPerWorkgroup',
  ] as const)
    limits[name] = adapter.limits[name];
  const info = adapter.info as GPUAdapterInfo & { subgroupMinSize?: number; subgroupMaxSize?: number };
  const subgroups = info.subgroupMinSize === undefined ? '' : `${info.subgroupMinSize}-${info.subgroupMaxSize ?? ''}`;
  return {
    adapter: { vendor, architecture, device, description, subgroups, fallback: String(info.isFallbackAdapter) },
    features: [...adapter.features].sort(),
    limits,
  };
}
