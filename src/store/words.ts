import { fault, FaultError, toFault, type Fault } from '../core/fault.ts';

/** Bytes as a person reads them: 1 kB = 1000 bytes, as shops and browsers count storage. */
export function bytesInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** The name of a DOMException, or of any error. */
export function errorName(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error && typeof error.name === 'string'
    ? error.name
    : '';
}

const SENTENCES: Readonly<Record<string, string>> = {
  InvalidStateError: 'The browser closed the local database. Reload the page.',
  VersionError:
    'The local database was made by a newer version of Lookalike. Reload the page to get it, or use the address that made it.',
  NotReadableError:
    'The browser lost a part of the stored data. Verify the model, so that only that part is brought again.',
  SecurityError: 'The browser does not let this page store anything. Leave private browsing, or allow site data.',
  DataCloneError: 'Something that cannot be stored was to be stored. Please report this.',
};

/**
 * The fault behind an error of IndexedDB. Quota errors become 'storage-full'; everything else 'storage'.
 * @param doing what was being done, as in 'storing the records'
 */
export function storageFault(error: unknown, doing: string): Fault {
  if (error instanceof FaultError) return error.fault;
  const name = errorName(error);
  if (name === 'QuotaExceededError')
    return fault(
      'storage-full',
      `The browser's storage is full, so ${doing} failed. Delete a model or a run, or free disk space, and try again.`,
      {
        name,
      },
    );
  const own = toFault(error, 'storage').message;
  const sentence =
    SENTENCES[name] ?? `The browser's storage failed while ${doing}: ${own} Try again, or reload the page.`;
  return fault('storage', sentence, { name, detail: own });
}
