/** Counts WebAssembly bytes, which no interface tells. */
export interface WasmMeter {
  /** Remembers (weakly) every memory made from now on. Must run before the runtime loads; again, it changes nothing. */
  install(): void;
  bytes(): number;
}

export function createWasmMeter(): WasmMeter {
  const memories: WeakRef<WebAssembly.Memory>[] = [];
  let installed = false;
  return {
    install: () => {
      if (installed) return;
      installed = true;
      WebAssembly.Memory = class extends WebAssembly.Memory {
        constructor(descriptor: WebAssembly.MemoryDescriptor) {
          super(descriptor);
          memories.push(new WeakRef(this));
        }
      };
    },
    bytes: () => memories.reduce((n, m) => n + (m.deref()?.buffer.byteLength ?? 0), 0),
  };
}
