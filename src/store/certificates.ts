import * as v from 'valibot';
import type { Certificate } from '../core/certificate/types.ts';
import { DEVICES } from '../core/device.ts';
import { DTYPES } from '../core/models/dtypes.ts';
import { checked } from './checked.ts';
import { attempt, transact, type Store } from './db.ts';
import { strings, text } from './row-parts.ts';
import { certificateRow } from './rows.ts';

const device = v.picklist(DEVICES);
const dtype = v.record(text, v.picklist(DTYPES));
const settings = v.looseObject({ hideSubgroups: v.boolean(), fp32Accumulation: v.boolean() });
const check = v.looseObject({
  kind: v.picklist(['loading', 'operators', 'reference', 'full-forward', 'scales', 'precision']),
  name: text,
  error: v.nullable(v.number()),
  limit: v.number(),
  passed: v.boolean(),
  detail: text,
});
const checks = v.array(check);
const schema: v.GenericSchema<unknown, Certificate> = v.looseObject({
  version: v.literal('1'),
  key: text,
  issuedAt: text,
  passed: v.boolean(),
  overridden: v.boolean(),
  rung: text,
  settings,
  device,
  dtype,
  adapter: v.nullable(strings),
  features: v.array(text),
  limits: v.record(text, v.number()),
  browser: text,
  libraries: strings,
  modelFiles: v.array(v.looseObject({ path: text, sha256: text })),
  checks,
  attempts: v.array(v.looseObject({ rung: text, device, dtype, settings, checks, passed: v.boolean() })),
});

/** A certificate as kept with a run or for reuse; null for none, or for what is not one (imported runs, older formats). */
export function readCertificate(value: unknown): Certificate | null {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : null;
}

/** The certificate kept under a key that names everything it depends on; null when there is none that can be read. */
export async function certificate(store: Store, key: string): Promise<Certificate | null> {
  const row: unknown = await attempt('reading a certificate', () => store.db.get('certificates', key));
  return row === undefined ? null : readCertificate(checked(certificateRow, row, 'certificate').certificate);
}

/** Keeps a certificate for reuse while nothing in its key changes. */
export async function putCertificate(store: Store, value: Certificate): Promise<void> {
  const row = { key: value.key, storedAt: new Date().toISOString(), certificate: value };
  await transact(store, 'storing the certificate', ['certificates'], 'strict', (tx) =>
    tx.objectStore('certificates').put(row),
  );
}

export async function deleteCertificates(store: Store): Promise<void> {
  await attempt('deleting the certificates', () => store.db.clear('certificates'));
}
