import { toFault, type Fault } from '../../core/fault.ts';
import { capabilities } from '../../run/device.ts';
import { askToPersist, storageState } from '../../store/usage.ts';
import type { DeviceReport } from '../lib/capability.ts';

/** What this device can do, asked once when the page opens; storage again when it may have changed. */
function createDevice() {
  let report = $state.raw<DeviceReport | null>(null);
  let problem = $state.raw<Fault | null>(null);

  async function look(): Promise<void> {
    try {
      const [found, storage] = await Promise.all([capabilities(), storageState()]);
      report = { capabilities: found, memory: memoryTold(), storage };
    } catch (e) {
      problem = toFault(e);
    }
  }
  void look();

  return {
    get report() {
      return report;
    },
    get problem() {
      return problem;
    },
    look,
    async persist(): Promise<void> {
      const storage = await askToPersist();
      if (report) report = { ...report, storage };
    },
  };
}

/** navigator.deviceMemory in GB; null where the browser does not tell. */
function memoryTold(): number | null {
  const told: unknown = 'deviceMemory' in navigator ? navigator.deviceMemory : null;
  return typeof told === 'number' ? told : null;
}

export const device = createDevice();
