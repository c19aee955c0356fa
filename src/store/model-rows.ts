import * as v from 'valibot';
import type { FolderFacts } from '../core/models/kind.ts';

const text = v.string();
const sha256 = v.pipe(text, v.regex(/^[0-9a-f]{64}$/, 'not a SHA-256'));

/** One part of a kept file: its length and its own SHA-256, so that damage is found part by part. */
export interface KeptPart {
  readonly size: number;
  readonly sha256: string;
}
export interface KeptFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly parts: readonly KeptPart[];
}
const keptPart: v.GenericSchema<unknown, KeptPart> = v.object({ size: v.number(), sha256 });
const keptFile: v.GenericSchema<unknown, KeptFile> = v.object({
  path: text,
  size: v.number(),
  sha256,
  parts: v.array(keptPart),
});

export interface ModelOrigin {
  readonly kind: 'folder' | 'hub' | 'zip' | 'import';
  /** Commit of the hub repository; null for a local folder. */
  readonly revision: string | null;
  /** Repository and hub address, for parts that must be brought again. */
  readonly repository: string | null;
  readonly hub: string | null;
}
const origin: v.GenericSchema<unknown, ModelOrigin> = v.object({
  kind: v.picklist(['folder', 'hub', 'zip', 'import']),
  revision: v.nullable(text),
  repository: v.nullable(text),
  hub: v.nullable(text),
});

/** A model that is complete: its manifest is written only after every part is, and durably. */
export interface KeptModel {
  readonly id: string;
  readonly name: string;
  readonly addedAt: string;
  readonly bytes: number;
  readonly files: readonly KeptFile[];
  readonly facts: FolderFacts;
  readonly source: ModelOrigin;
  /** Where its parts are, in `chunks`. */
  readonly bucket: string;
  /** When every byte was last checked against its hash. */
  readonly verifiedAt: string;
}
export const keptModel: v.GenericSchema<unknown, KeptModel> = v.object({
  id: text,
  name: text,
  addedAt: text,
  bytes: v.number(),
  files: v.array(keptFile),
  facts: v.object({ modelType: v.nullable(text), dtypes: v.record(text, v.array(text)) }),
  source: origin,
  bucket: text,
  verifiedAt: text,
});

/** A file of a download: what is due. What is there, the keys of `chunks` tell; it is hashed again after a crash, never trusted. */
export interface DownloadFile {
  readonly path: string;
  readonly size: number;
  /** SHA-256 of an LFS file, or the git blob SHA-1 of a small one; one of them is known before the first byte. */
  readonly sha256: string | null;
  readonly gitOid: string;
}
export interface DownloadRow {
  readonly id: string;
  readonly hub: string;
  readonly repository: string;
  /** Commit. */
  readonly revision: string;
  readonly bucket: string;
  readonly createdAt: string;
  readonly partSize: number;
  readonly files: readonly DownloadFile[];
  /** Paused by the user: not to be resumed by itself. */
  readonly paused: boolean;
}
export const downloadRow: v.GenericSchema<unknown, DownloadRow> = v.object({
  id: text,
  hub: text,
  repository: text,
  revision: text,
  bucket: text,
  createdAt: text,
  partSize: v.number(),
  files: v.array(v.object({ path: text, size: v.number(), sha256: v.nullable(sha256), gitOid: text })),
  paused: v.boolean(),
});
