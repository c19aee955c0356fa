import type { NamedRows } from '../core/discovery/given.ts';
import type { Matrix } from '../core/discovery/npy.ts';
import type { Result } from '../core/fault.ts';

/** Embeddings by one encoder that were made elsewhere, row i for image i. */
export interface GivenEmbeddings {
  /** The file, and where it holds more than these, the column. */
  readonly name: string;
  /** Of the file. */
  readonly sha256: string;
  readonly matrix: Matrix;
}

/** What a folder of embeddings holds; both sets have the same rows, finite numbers only. */
export interface GivenSets {
  readonly med: GivenEmbeddings;
  readonly gen: GivenEmbeddings;
  /** null where nothing names the rows. */
  readonly rows: NamedRows | null;
}

/** Reads a folder's embeddings. @param files those that `embeddingFiles` names. @throws FaultError what is wrong with them */
export type ReadGiven = (files: readonly { readonly path: string; readonly blob: Blob }[]) => Promise<GivenSets>;

/** What the worker that reads embeddings answers to: hundreds of megabytes are read, hashed and looked through off the page. */
export interface EmbeddingsApi {
  read(...given: Parameters<ReadGiven>): Promise<Result<GivenSets>>;
}
