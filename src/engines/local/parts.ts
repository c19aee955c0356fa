import { spawnEngine, spawnPixels } from '../../bridge/spawn.ts';
import type { Client } from '../../bridge/worker.ts';
import type { Certificate } from '../../core/certificate/types.ts';
import type { RunConfig } from '../../core/records/run-config.ts';
import type { EngineApi, FeatureData } from '../../protocol/engine.ts';
import type { PixelsApi } from '../../protocol/pixels.ts';

/** The workers that the local engine has made for it; tests may hand it others. */
export interface Workers {
  engine(): Client<EngineApi>;
  pixels(): Client<PixelsApi>;
}
export const WORKERS: Workers = { engine: spawnEngine, pixels: spawnPixels };

/** What the local engine needs of the outside: images in, and what is worth keeping for a later run. */
export interface LocalStore {
  image(sha256: string): Promise<Blob | null>;
  certificate(key: string): Promise<Certificate | null>;
  keepCertificate(certificate: Certificate): Promise<void>;
  /** Image features of an earlier run; null on a miss. */
  feature(key: string): Promise<FeatureData | null>;
  keepFeature(key: string, features: FeatureData): Promise<void>;
}

/** What the local engine is told of a run. */
export type LocalConfig = Pick<
  RunConfig,
  'device' | 'dtype' | 'threads' | 'policy' | 'allowUncertified' | 'keepFeatures' | 'chat'
>;
