import { fail, FaultError, ok, type Result } from '../core/fault.ts';

interface Readable {
  blob(): Promise<Blob>;
}

/** Faults of one image: its file has gone, or is another now. Any other ends the whole: a folder that may not be read any more, a full disk. */
const OWN: ReadonlySet<string> = new Set(['not-found', 'unreadable']);

/** The bytes of images; one whose file cannot be had has a fault, and the others go on. @throws FaultError for what is not one image's own */
export function blobsOf(images: readonly Readable[]): Promise<readonly Result<Blob>[]> {
  const reading = Promise.all(images.map(read));
  // Awaited a batch later; until then a failure is nobody's.
  reading.catch(() => undefined);
  return reading;
}

async function read(image: Readable): Promise<Result<Blob>> {
  try {
    return ok(await image.blob());
  } catch (e) {
    if (e instanceof FaultError && OWN.has(e.fault.code)) return fail(e.fault);
    throw e;
  }
}

/** What could be read. */
export const readable = (all: readonly Result<Blob>[]): readonly Blob[] => all.flatMap((r) => (r.ok ? [r.value] : []));
