import * as v from 'valibot';
import type { Certificate } from '../../core/certificate/types.ts';

const text = v.string();
const strings = v.record(text, text);
const device = v.picklist(['webgpu', 'wasm']);
const settings = v.looseObject({ hideSubgroups: v.boolean(), fp32Accumulation: v.boolean() });
const check = v.looseObject({
  kind: v.picklist(['loading', 'operators', 'reference', 'full-forward']),
  name: text,
  error: v.nullable(v.number()),
  limit: v.number(),
  passed: v.boolean(),
  detail: text,
});
const schema: v.GenericSchema<unknown, Certificate> = v.looseObject({
  version: v.literal('1'),
  key: text,
  issuedAt: text,
  passed: v.boolean(),
  overridden: v.boolean(),
  rung: text,
  settings,
  device,
  dtype: strings,
  adapter: v.nullable(strings),
  features: v.array(text),
  limits: v.record(text, v.number()),
  browser: text,
  libraries: strings,
  modelFiles: v.array(v.looseObject({ path: text, sha256: text })),
  checks: v.array(check),
  attempts: v.array(
    v.looseObject({ rung: text, device, dtype: strings, settings, checks: v.array(check), passed: v.boolean() }),
  ),
});

/** A certificate as kept with a run; null for none, or for what is not one (imported runs, older formats). */
export function readCertificate(value: unknown): Certificate | null {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : null;
}

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
