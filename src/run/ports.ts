import type { Benchmark } from '../core/benchmark/types.ts';
import type { Certificate } from '../core/certificate/types.ts';
import type { RunInfo } from '../core/results/run.ts';
import type { ResultRecord } from '../core/scoring/record.ts';
import type { FeatureData } from '../protocol/engine.ts';
import type { ModelSource } from '../protocol/model.ts';

/** A model that a run can load: where its bytes are, and what they must be. */
export interface ResolvedModel {
  readonly id: string;
  readonly revision: string | null;
  readonly source: ModelSource;
  /** Settles when every stored byte was compared with its hash, beside the loading; rejects where one is damaged. */
  readonly checked?: Promise<void>;
  readonly files: readonly { readonly path: string; readonly size: number; readonly sha256: string }[];
  /** Parsed config.json. */
  readonly config: unknown;
}

/** What a run needs of the outside: kept data in, kept data out. The store implements it; tests may. */
export interface RunPorts {
  benchmark(id: string): Promise<Benchmark | null>;
  image(sha256: string): Promise<Blob | null>;
  model(id: string): Promise<ResolvedModel>;
  records(runId: string): Promise<readonly ResultRecord[]>;
  /** One transaction; a key that is there is replaced, so that nothing is doubled. */
  keepRecords(runId: string, records: readonly ResultRecord[]): Promise<void>;
  keepInfo(runId: string, info: RunInfo): Promise<void>;
  /** The summary that an earlier part of this run left; null for a new run. */
  info(runId: string): Promise<RunInfo | null>;
  /** Image features of an earlier run; null on a miss. */
  feature(key: string): Promise<FeatureData | null>;
  keepFeature(key: string, features: FeatureData): Promise<void>;
  certificate(key: string): Promise<Certificate | null>;
  keepCertificate(certificate: Certificate): Promise<void>;
}
