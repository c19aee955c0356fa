import type { Capabilities } from '../../engines/local/device.ts';
import { bytes, plural } from '../kit/format.ts';

/** What the page knows of this device before anything runs. */
export interface DeviceReport {
  readonly capabilities: Capabilities;
  /** GB as the browser rounds it; null where it does not say. */
  readonly memory: number | null;
  readonly storage: {
    readonly used: number | null;
    readonly quota: number | null;
    readonly persisted: boolean;
    /** `memory`: the browser keeps nothing for this page. */
    readonly where: 'disk' | 'memory';
  };
}

export interface Fact {
  readonly name: string;
  readonly value: string;
  /** 'limit': it works, but slower or with less; the detail says what that means. */
  readonly state: 'good' | 'limit' | 'plain';
  readonly detail: string;
}

/** The capability line: what matters for a run, in the order in which it matters, each with what it means. */
export function deviceFacts({ capabilities: c, memory, storage }: DeviceReport): readonly Fact[] {
  return [gpuFact(c), halfFact(c), threadsFact(c), memoryFact(memory), storageFact(storage), ...missing(c)].filter(
    (f) => f !== null,
  );
}

function gpuFact({ adapter }: Capabilities): Fact {
  if (adapter === null)
    return {
      name: 'WebGPU',
      value: 'none',
      state: 'limit',
      detail: 'This browser offers no WebGPU adapter, so models run on the processor (WASM): the same numbers, slower.',
    };
  const name = adapterName(adapter.info);
  if (adapter.fallback)
    return {
      name: 'WebGPU',
      value: `${name}, software`,
      state: 'limit',
      detail:
        'The adapter is software, without a graphics card behind it: automatic runs use the processor (WASM) instead.',
    };
  return {
    name: 'WebGPU',
    value: name,
    state: 'good',
    detail: 'Models run on the graphics card, after its arithmetic was checked with the model itself.',
  };
}

/** What this browser lacks that most have, where it changes what can be done. */
function missing({ locks, offscreen }: Capabilities): readonly Fact[] {
  const lacks: Fact[] = [];
  if (!locks)
    lacks.push({
      name: 'Web Locks',
      value: 'none',
      state: 'limit',
      detail: 'Tabs cannot tell whether another one runs a model or downloads it: keep Lookalike in one tab.',
    });
  if (!offscreen)
    lacks.push({
      name: 'OffscreenCanvas',
      value: 'none',
      state: 'limit',
      detail:
        'JPEG, WebP and BMP images cannot be decoded here; PNG and GIF can. A newer version of the browser has it.',
    });
  return lacks;
}

export function adapterName(info: Readonly<Record<string, string>>): string {
  const words = [info['description'], info['device'], [info['vendor'], info['architecture']].filter(Boolean).join(' ')];
  return words.find((w) => w !== undefined && w !== '') ?? 'adapter without a name';
}

function halfFact({ adapter }: Capabilities): Fact | null {
  if (adapter === null) return null;
  return adapter.half
    ? {
        name: 'Half precision',
        value: 'yes',
        state: 'good',
        detail: 'shader-f16 is there: fp16 and q4f16 weights can be used.',
      }
    : {
        name: 'Half precision',
        value: 'no',
        state: 'plain',
        detail: 'No shader-f16: fp16 and q4f16 weights cannot be used; fp32 and q4 can.',
      };
}

function threadsFact({ cores, isolated, shared }: Capabilities): Fact {
  if (shared)
    return {
      name: 'Processor',
      value: plural(cores, 'core'),
      state: 'good',
      detail: 'The page is cross-origin isolated, so WASM can use all cores.',
    };
  return {
    name: 'Processor',
    value: `1 of ${plural(cores, 'core')}`,
    state: 'limit',
    detail: isolated
      ? 'This browser has no shared memory (SharedArrayBuffer), so WASM has one thread: the same numbers, slower.'
      : 'The page is not cross-origin isolated, so WASM has one thread. Reload once; if that does not help, the host must send COOP and COEP headers.',
  };
}

function memoryFact(memory: number | null): Fact | null {
  if (memory === null) return null;
  return {
    name: 'Memory',
    value: `${memory} GB${memory >= 8 ? ' or more' : ''}`,
    state: memory < 4 ? 'limit' : 'plain',
    detail:
      'As the browser tells it: rounded, and never more than it wants to say. On the processor (WASM) one model can hold 4 GB.',
  };
}

function storageFact({ used, quota, persisted, where }: DeviceReport['storage']): Fact {
  if (where === 'memory')
    return {
      name: 'Storage',
      value: 'none, memory only',
      state: 'limit',
      detail:
        'The browser keeps nothing for this page. Runs work, and are gone when the page is closed: export them before.',
    };
  const kept = persisted
    ? 'The browser keeps the data until you delete it.'
    : 'The browser may delete it when the disk runs low; Settings asks it not to.';
  if (quota === null)
    return {
      name: 'Storage',
      value: 'not told',
      state: 'plain',
      detail: `The browser does not say how much room there is. ${kept}`,
    };
  const free = quota - (used ?? 0);
  return {
    name: 'Storage',
    value: `${bytes(free)} free`,
    state: free < 2e9 ? 'limit' : 'good',
    detail: `${bytes(used ?? 0)} of ${bytes(quota)} are used. ${kept}`,
  };
}
