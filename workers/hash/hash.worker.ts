import { expose } from 'comlink';
import { fail, fault, ok } from '../../src/core/fault.ts';
import type { HashApi } from '../../src/protocol/hash.ts';
import { holdLife } from '../life.ts';
import { hashPart } from './hash-part.ts';

const api: HashApi = {
  hash: async (state, part) => {
    try {
      return ok(await hashPart(state, part));
    } catch (e) {
      const { name, message } = e instanceof Error ? e : { name: 'Error', message: String(e) };
      return fail(fault('runtime', message, { name }));
    }
  },
};

holdLife();
expose(api);
