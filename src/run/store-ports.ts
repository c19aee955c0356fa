import type { Certificate } from '../core/certificate/types.ts';
import { benchmark } from '../store/benchmarks.ts';
import { certificate, putCertificate } from '../store/certificates.ts';
import type { Store } from '../store/db.ts';
import { feature, putFeature } from '../store/features.ts';
import { imageBlob } from '../store/images.ts';
import { putRecords, recordsOf } from '../store/records.ts';
import { run, updateRun } from '../store/runs.ts';
import { FEATURE_BUDGET, readFeatures } from './features.ts';
import { resolveModel } from './models.ts';
import type { RunPorts } from './ports.ts';

/** The run's ports on the real store. */
export function storePorts(store: Store): RunPorts {
  return {
    benchmark: async (id) => (await benchmark(store, id))?.benchmark ?? null,
    image: (sha256) => imageBlob(store, sha256),
    model: (id) => resolveModel(store, id),
    records: (runId) => recordsOf(store, runId),
    keepRecords: (runId, records) => putRecords(store, runId, records),
    keepInfo: async (runId, info) => {
      await updateRun(store, runId, { info, status: info.state, certificate: info.certificate });
    },
    info: async (runId) => (await run(store, runId))?.info ?? null,
    feature: async (key) => readFeatures(await feature(store, key)),
    keepFeature: (key, f) => putFeature(store, key, f.data.byteLength, f, FEATURE_BUDGET),
    certificate: async (key) => readCertificate(await certificate(store, key)),
    keepCertificate: (c) => putCertificate(store, c.key, c),
  };
}

/** A kept certificate of this version; anything else is none. */
function readCertificate(value: unknown): Certificate | null {
  const c = value as Partial<Certificate> | null;
  return c?.version === '1' && Array.isArray(c.checks) ? (c as Certificate) : null;
}
