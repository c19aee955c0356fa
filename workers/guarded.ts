import { fail, fault, ok, toFault, type Result } from '../src/core/fault.ts';

/** Runs one call and turns whatever it throws into a fault: comlink would lose an error's class and fields. */
export async function guarded<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (e) {
    const f = toFault(e, 'runtime');
    return fail(
      isOutOfMemory(f.message)
        ? fault('out-of-memory', `The model does not fit into memory here: ${f.message}. Choose a smaller dtype.`)
        : f,
    );
  }
}

function isOutOfMemory(message: string): boolean {
  return /out of memory|bad_alloc|memory access out of bounds|Array buffer allocation failed/i.test(message);
}
