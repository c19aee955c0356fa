import { resolveModel } from '../app/models.ts';
import type { OpenWriter, WriterWish } from '../app/writer.ts';
import { SERVED } from '../core/models/builtin.ts';
import type { ResolvedModel } from '../engines/local/model.ts';
import type { TextFacts } from '../engines/text.ts';
import { openStore, type Store } from '../store/db.ts';
import type { ServedFolder } from './types.ts';

/** What the requests that a text model answers have in common. */
export interface WriterRequest extends WriterWish {
  readonly writer: ServedFolder;
}

/**
 * Loads the writer that the command line serves, and ends it when the work is done.
 * @param open how it is opened: as a drafter, or as a writer with a first prompt
 * @throws FaultError naming what was found and what to do
 */
export async function withWriter<T>(
  { writer }: WriterRequest,
  open: (store: Store, model: ResolvedModel) => Promise<OpenWriter>,
  work: (opened: OpenWriter) => Promise<T>,
): Promise<T> {
  const store = await openStore();
  try {
    const opened = await open(store, await resolveModel(store, `${SERVED}${writer.base}`));
    try {
      return await work(opened);
    } finally {
      opened.engine.end();
    }
  } finally {
    store.close();
  }
}

/** The writer as files of results name it. */
export function namedWriter({ id, sha256, dtype, device }: TextFacts) {
  return { id, sha256, dtype, device };
}
