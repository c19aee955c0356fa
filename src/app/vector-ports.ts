import type { Store } from '../store/db.ts';
import { putVectors, vectorsOf } from '../store/vectors.ts';
import type { VectorPorts } from './embed-images.ts';

/** Embeddings kept in this browser's own store. */
export function storeVectors(store: Store): VectorPorts {
  return {
    kept: (set, wanted) => vectorsOf(store, set, wanted),
    keep: (set, vectors) => putVectors(store, set, vectors),
  };
}
