import { attempt, transact, type Store } from './db.ts';
import { checked } from './checked.ts';
import { certificateRow } from './rows.ts';

/** The certificate kept under a key that names everything it depends on; null when there is none. Its shape is core/certificate's to check. */
export async function certificate(store: Store, key: string): Promise<unknown> {
  const row: unknown = await attempt('reading a certificate', () => store.db.get('certificates', key));
  return row === undefined ? null : checked(certificateRow, row, 'certificate').certificate;
}

/** Keeps a certificate for reuse while nothing in its key changes. */
export async function putCertificate(store: Store, key: string, value: unknown): Promise<void> {
  const row = { key, storedAt: new Date().toISOString(), certificate: value };
  await transact(store, 'storing the certificate', ['certificates'], 'strict', (tx) =>
    tx.objectStore('certificates').put(row),
  );
}

export async function deleteCertificates(store: Store): Promise<void> {
  await attempt('deleting the certificates', () => store.db.clear('certificates'));
}
