import type { Certificate } from '../../core/certificate/types.ts';

export type CertificateState = 'passed' | 'overridden' | 'failed' | 'none';

export function certificateState(c: Certificate | null): CertificateState {
  if (c === null) return 'none';
  if (c.passed) return 'passed';
  return c.overridden ? 'overridden' : 'failed';
}

/** What was done to make a device safe, in words; '' where the device's name says it already. */
export function rungWords(rung: string): string {
  return rung === 'WASM' ? '' : rung;
}
