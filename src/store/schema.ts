import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { DownloadRow, KeptModel } from './model-rows.ts';
import type { CertificateRow, FeatureRow, StoredRun } from './rows.ts';
import type { RecordRow } from './record-rows.ts';
import type { ShotRow, StoredBenchmark } from './benchmark-rows.ts';

/** A part of a model file. The Blob's bytes live in the browser's blob store; reading the row costs no memory. */
export interface ChunkRow {
  readonly bucket: string;
  readonly path: string;
  readonly index: number;
  readonly blob: Blob;
}

export interface LookalikeDB extends DBSchema {
  benchmarks: { key: string; value: StoredBenchmark };
  images: { key: string; value: { readonly sha256: string; readonly blob: Blob } };
  shots: { key: string; value: ShotRow };
  runs: { key: string; value: StoredRun; indexes: { createdAt: string } };
  records: { key: [string, string]; value: RecordRow; indexes: { run: string } };
  models: { key: string; value: KeptModel };
  chunks: { key: [string, string, number]; value: ChunkRow };
  downloads: { key: string; value: DownloadRow };
  features: { key: string; value: FeatureRow; indexes: { usedAt: number } };
  certificates: { key: string; value: CertificateRow };
  settings: { key: string; value: unknown };
}

type Database = IDBPDatabase<LookalikeDB>;
type Upgrade = IDBPTransaction<LookalikeDB, StoreNames<LookalikeDB>[], 'versionchange'>;
type Migration = (db: Database, transaction: Upgrade) => void;

/**
 * Step n takes a database from version n to n + 1. A step that was released is never edited; a change is a new step at the end.
 * Nothing but the database may be awaited in a step.
 */
export const MIGRATIONS: readonly Migration[] = [
  (db) => {
    db.createObjectStore('benchmarks', { keyPath: 'id' });
    db.createObjectStore('images', { keyPath: 'sha256' });
    db.createObjectStore('runs', { keyPath: 'id' }).createIndex('createdAt', 'createdAt');
    db.createObjectStore('records', { keyPath: ['run', 'key'] }).createIndex('run', 'run');
    db.createObjectStore('models', { keyPath: 'id' });
    db.createObjectStore('chunks', { keyPath: ['bucket', 'path', 'index'] });
    db.createObjectStore('certificates', { keyPath: 'key' });
    db.createObjectStore('settings');
  },
  // Image features of earlier runs, and downloads that a reload or a crash interrupts.
  (db) => {
    db.createObjectStore('features', { keyPath: 'key' }).createIndex('usedAt', 'usedAt');
    db.createObjectStore('downloads', { keyPath: 'id' });
  },
  // Example images of few-shot prompt sets, by the file name that a set gives them; their bytes are among the images.
  (db) => {
    db.createObjectStore('shots', { keyPath: 'name' });
  },
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Runs the steps from one version to another. */
export function migrate(db: Database, from: number, to: number, transaction: Upgrade): void {
  for (const step of MIGRATIONS.slice(from, to)) step(db, transaction);
}
