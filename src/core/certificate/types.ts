import type { Device } from '../device.ts';
import type { DtypeMap } from '../models/dtypes.ts';

/** The proof, kept with a run, that a device computes a model rightly (docs/certificate.md). */

/** How the device is made safe. */
export interface RungSettings {
  /** Hides every `subgroup*` entry from GPUAdapter.features before a session exists (docs/certificate.md). */
  readonly hideSubgroups: boolean;
  /** enableMatmulFp32Accumulation of the WebGPU execution provider. */
  readonly fp32Accumulation: boolean;
}

export type CheckKind =
  | 'loading' // the model could not be loaded or run at all
  | 'operators' // (a) small graphs against stored outputs
  | 'reference' // (b) the first item by the device against WASM
  | 'full-forward' // (c) the first item: shared prefix against one full forward a sequence
  | 'scales' // (c) of a model in 8 bits: how far log p depends on what is computed together
  | 'precision'; // (d) the first item: the weights against finer ones of the same folder

export interface Check {
  readonly kind: CheckKind;
  readonly name: string;
  /** Largest absolute error found; null when the check could not be made. */
  readonly error: number | null;
  readonly limit: number;
  readonly passed: boolean;
  /** A sentence: what was compared, or why it could not be. */
  readonly detail: string;
}

/** One attempt of the ladder. */
export interface Attempt {
  readonly rung: string;
  readonly device: Device;
  readonly dtype: DtypeMap;
  readonly settings: RungSettings;
  readonly checks: readonly Check[];
  readonly passed: boolean;
}

export interface Certificate {
  readonly version: '1';
  /** Everything it depends on; a certificate is reused only while its key is the same. */
  readonly key: string;
  readonly issuedAt: string;
  readonly passed: boolean;
  /** The user ran in spite of a failed certificate; every table and export says so. */
  readonly overridden: boolean;
  readonly rung: string;
  readonly settings: RungSettings;
  readonly device: Device;
  readonly dtype: DtypeMap;
  readonly adapter: Readonly<Record<string, string>> | null;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly browser: string;
  readonly libraries: Readonly<Record<string, string>>;
  readonly modelFiles: readonly { readonly path: string; readonly sha256: string }[];
  readonly checks: readonly Check[];
  /** Rungs tried before and with this one, in order. */
  readonly attempts: readonly Attempt[];
}
