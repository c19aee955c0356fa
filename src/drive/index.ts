import { toFault } from '../core/fault.ts';
import { createControl } from './control.ts';
import { driveImport } from './import.ts';
import { driveRun } from './run.ts';
import type { Drive, DriveEvent, DriveOutcome, DriveRequest } from './types.ts';

declare global {
  /** The hook by which `npm run evaluate` drives this page; there only when it was opened with `?drive`. */
  var lookalike: Drive | undefined;
  /** Where events go: a binding of the browser's driver. */
  var lookalikeReport: ((event: DriveEvent) => Promise<void>) | undefined;
}

/** Exposes the hook and says so. */
export function installDrive(): void {
  const control = createControl();
  const report = (event: DriveEvent): void => void globalThis.lookalikeReport?.(event);
  globalThis.lookalike = {
    run: async (request: DriveRequest): Promise<DriveOutcome> => {
      try {
        return request.imported === null
          ? await driveRun(request, control, report)
          : await driveImport(request, request.imported, report);
      } catch (error) {
        return { state: 'failed', files: [], tables: '', unscored: [], scored: 0, fault: toFault(error) };
      }
    },
    stop: () => control.stop(),
  };
  report({ type: 'ready' });
}
