import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { KeptMap } from '../core/occlusion/file.ts';
import type { DownloadRow, KeptModel } from './model-rows.ts';
import type { CertificateRow, FeatureRow, StoredRun } from './rows.ts';
import type { RecordRow } from './record-rows.ts';
import type { Held } from './held.ts';
import type { ShotRow, StoredBenchmark } from './benchmark-rows.ts';
import type { Session } from '../core/readers/session.ts';
import type { DraftRow, DraftSet } from './draft-rows.ts';
import type { EventRow, TrailRow } from './review-rows.ts';
import type { ChosenPairs, StoredCollection } from './collection-rows.ts';
import type { FolderRow, PlacedRow } from './placed.ts';

/** A part of a model file. A Blob's bytes live in the browser's blob store, so that reading the row costs no memory; pieces do. */
export type ChunkRow = { readonly bucket: string; readonly path: string; readonly index: number } & Held;
export type ImageRow = { readonly sha256: string } & Held;

export interface LookalikeDB extends DBSchema {
  benchmarks: { key: string; value: StoredBenchmark };
  images: { key: string; value: ImageRow };
  shots: { key: string; value: ShotRow };
  runs: { key: string; value: StoredRun; indexes: { createdAt: string } };
  records: { key: [string, string]; value: RecordRow; indexes: { run: string } };
  models: { key: string; value: KeptModel };
  chunks: { key: [string, string, number]; value: ChunkRow };
  downloads: { key: string; value: DownloadRow };
  features: { key: string; value: FeatureRow; indexes: { usedAt: number } };
  certificates: { key: string; value: CertificateRow };
  settings: { key: string; value: unknown };
  collections: { key: string; value: StoredCollection };
  chosen: { key: string; value: ChosenPairs };
  occlusions: { key: string; value: KeptMap };
  vectors: {
    key: [string, string];
    value: { readonly set: string; readonly sha256: string; readonly data: Float32Array };
  };
  draftSets: { key: string; value: DraftSet };
  drafts: { key: [string, string]; value: DraftRow; indexes: { set: string } };
  trails: { key: string; value: TrailRow; indexes: { set: string } };
  events: { key: [string, number]; value: EventRow; indexes: { trail: string } };
  readers: { key: string; value: Session };
  folders: { key: string; value: FolderRow };
  placed: { key: string; value: PlacedRow; indexes: { folder: string } };
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
  // Collections for pair discovery, the pairs chosen from them, and embeddings by encoder and image.
  (db) => {
    db.createObjectStore('collections', { keyPath: 'id' });
    db.createObjectStore('chosen', { keyPath: 'id' });
    db.createObjectStore('vectors', { keyPath: ['set', 'sha256'] });
  },
  // Where models look: maps under the key of all that they depend on.
  (db) => {
    db.createObjectStore('occlusions', { keyPath: 'key' });
  },
  // Drafted questions; reviews as append-only events, each under its number, so that none is added twice; people who take a benchmark.
  (db) => {
    db.createObjectStore('draftSets', { keyPath: 'id' });
    db.createObjectStore('drafts', { keyPath: ['set', 'pair'] }).createIndex('set', 'set');
    db.createObjectStore('trails', { keyPath: 'id' }).createIndex('set', 'set');
    db.createObjectStore('events', { keyPath: ['trail', 'n'] }).createIndex('trail', 'trail');
    db.createObjectStore('readers', { keyPath: 'id' });
  },
  // Folders of this computer whose images stay where they are, and which image lies where.
  (db) => {
    db.createObjectStore('folders', { keyPath: 'id' });
    db.createObjectStore('placed', { keyPath: 'sha256' }).createIndex('folder', 'folder');
  },
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Runs the steps from one version to another. */
export function migrate(db: Database, from: number, to: number, transaction: Upgrade): void {
  for (const step of MIGRATIONS.slice(from, to)) step(db, transaction);
}
