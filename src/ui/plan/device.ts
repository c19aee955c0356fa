import type { ModelEntry } from '../shared/models.ts';
import { dtypesOffered } from '../shared/models.ts';
import type { RunConfig } from '../../core/records/run-config.ts';

/** How a model is to be computed, as the form holds it. */
export interface DeviceSettings {
  readonly device: RunConfig['device'];
  /** 'auto', one dtype for all files, or 'each'. */
  readonly dtype: string;
  /** Where each file has its own. */
  readonly perFile: Readonly<Record<string, string>>;
  /** 'auto' or a number. */
  readonly threads: string;
  readonly keepFeatures: boolean;
  readonly allowUncertified: boolean;
}

export const AUTOMATIC: DeviceSettings = {
  device: 'auto',
  dtype: 'auto',
  perFile: {},
  threads: 'auto',
  keepFeatures: false,
  allowUncertified: false,
};

/** The dtype that a run is told: a choice that the model does not have is none. */
export function chosenDtype({ dtype, perFile }: DeviceSettings, model: ModelEntry | null): RunConfig['dtype'] {
  if (dtype === 'each') return perFile;
  return dtype === 'auto' || (model !== null && dtypesOffered(model).includes(dtype)) ? dtype : 'auto';
}
