/** What a certificate depends on. */
export interface CertificateSubject {
  readonly device: string;
  readonly dtype: Readonly<Record<string, string>>;
  readonly adapter: Readonly<Record<string, string>> | null;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly browser: string;
  readonly libraries: Readonly<Record<string, string>>;
  readonly modelFiles: readonly { readonly path: string; readonly sha256: string }[];
  readonly threads: number;
  readonly lookalike: string;
}

/** A string that is equal exactly while nothing in it changed. */
export function certificateKey(s: CertificateSubject): string {
  const sorted = (o: Readonly<Record<string, string | number>> | null): unknown =>
    o === null ? null : Object.entries(o).sort(([a], [b]) => (a < b ? -1 : 1));
  const files = [...s.modelFiles].map((f) => `${f.path}:${f.sha256}`).sort();
  return JSON.stringify([
    s.lookalike,
    s.device,
    sorted(s.dtype),
    sorted(s.adapter),
    [...s.features].sort(),
    sorted(s.limits),
    s.browser,
    sorted(s.libraries),
    s.threads,
    files,
  ]);
}
