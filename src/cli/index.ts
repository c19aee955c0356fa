import { ok, toFault, type Result } from '../core/fault.ts';
import { createControl } from './control.ts';
import type { Drive, DriveContext, DriveEvent } from './types.ts';
import { USE_CASES, type OutcomeOf, type RequestOf, type UseCaseName } from './use-cases.ts';

declare global {
  /** The hook by which the command line drives this page; there only when it was opened with `?drive`. */
  var lookalike: Drive | undefined;
  /** Where events go: a binding of the browser's driver. */
  var lookalikeReport: ((event: DriveEvent) => Promise<void>) | undefined;
}

/** Exposes the hook and says so. */
export function installDrive(): void {
  const control = createControl();
  const report = (event: DriveEvent): void => void globalThis.lookalikeReport?.(event);
  const context: DriveContext = { report, control };
  globalThis.lookalike = { run: (name, request) => run(name, request, context), stop: () => control.stop() };
  report({ type: 'ready' });
}

async function run<N extends UseCaseName>(
  name: N,
  request: RequestOf<N>,
  context: DriveContext,
): Promise<Result<OutcomeOf<N>>> {
  try {
    const useCase = (await USE_CASES[name]()) as (r: RequestOf<N>, c: DriveContext) => Promise<OutcomeOf<N>>;
    return ok(await useCase(request, context));
  } catch (error) {
    return { ok: false, fault: toFault(error) };
  }
}
