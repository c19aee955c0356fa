import { expose, transfer } from 'comlink';
import { fail, fault, ok, toFault } from '../../src/core/fault.ts';
import type { EmbeddingsApi } from '../../src/protocol/embeddings.ts';
import { holdLife } from '../life.ts';
import { readGiven } from './read.ts';

const api: EmbeddingsApi = {
  async read(files) {
    try {
      const sets = await readGiven(files);
      return transfer(ok(sets), [sets.med.matrix.data.buffer, sets.gen.matrix.data.buffer]);
    } catch (e) {
      const f = toFault(e, 'unreadable');
      return fail(e instanceof RangeError ? fault('out-of-memory', tooLarge(f.message)) : f);
    }
  },
};

const tooLarge = (why: string): string =>
  `The embeddings do not fit into the memory that this browser gives (${why}). Close other tabs, or bring a part of the rows at a time.`;

holdLife();
expose(api);
