/** The exit codes that all commands share. */

/** @typedef {import('../../src/core/fault.ts').Fault} Fault */

/** The exit code of what was stopped by a signal. */
export const STOPPED = 130;
/** The exit code when results could not be written. */
export const UNWRITTEN = 5;

/**
 * The exit code of a fault that kept a command from its work.
 * @param {Fault['code']} code
 */
export function exitCode(code) {
  switch (code) {
    case 'device-wrong':
    case 'server-wrong':
      return 4;
    case 'storage':
    case 'storage-full':
      return 5;
    case 'no-device':
    case 'device-lost':
    case 'out-of-memory':
    case 'worker-died':
    case 'runtime':
    case 'network':
    case 'server-gone':
    case 'internal':
      return 3;
    case 'stopped':
      return STOPPED;
    default:
      return 2;
  }
}
