import { toFault, type Fault } from '../../core/fault.ts';
import { capabilities } from '../../engines/local/device.ts';
import { askToPersist, storageState } from '../../store/usage.ts';
import type { DeviceReport } from './capability.ts';
import { library } from './library.svelte.ts';

/** What this device can do, asked once when the page opens; storage again when it may have changed. */
function createDevice() {
  let report = $state.raw<DeviceReport | null>(null);
  let problem = $state.raw<Fault | null>(null);

  async function look(): Promise<void> {
    try {
      const [found, storage, where] = await Promise.all([capabilities(), storageState(), keptWhere()]);
      report = {
        capabilities: found,
        memory: found.memory === null ? null : found.memory / 2 ** 30,
        storage: { ...storage, where },
      };
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
      if (report) report = { ...report, storage: { ...storage, where: report.storage.where } };
    },
  };
}

/** A database that cannot be opened at all is said by the library itself. */
async function keptWhere(): Promise<'disk' | 'memory'> {
  return library.opened().then(
    (store) => store.keeping.where,
    () => 'disk',
  );
}

export const device = createDevice();
