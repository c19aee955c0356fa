import type { Result } from '../core/fault.ts';

/** SHA-256 of a file so far: a saved state to go on from, and the digest of everything up to here. */
export interface HashStep {
  readonly state: Uint8Array;
  /** Digest of the file up to and with this part. */
  readonly digest: string;
  /** Digest of this part alone. */
  readonly part: string;
}

/** Hashes one part of a file behind the parts that `state` stands for (null: none). */
export type HashPart = (state: Uint8Array | null, part: Blob) => Promise<HashStep>;

export interface HashApi {
  /** A fault's fact `name` is the error's own: NotReadableError means that the browser lost the part's bytes. */
  hash(state: Uint8Array | null, part: Blob): Promise<Result<HashStep>>;
}
