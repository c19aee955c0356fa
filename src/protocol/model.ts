export type { Device } from '../core/device.ts';
export { DTYPES, DTYPE_SUFFIX, type Dtype, type DtypeMap } from '../core/models/dtypes.ts';

/** How a worker reaches a model's files. Blobs cross a worker boundary as handles, not as bytes. */
export type ModelSource =
  | {
      /** Files under a URL of this page's own origin. */
      readonly kind: 'served';
      readonly base: string;
      readonly files: readonly { readonly path: string; readonly size: number }[];
    }
  | {
      /** Files kept in IndexedDB, each as consecutive parts. */
      readonly kind: 'blobs';
      readonly files: readonly { readonly path: string; readonly size: number; readonly parts: readonly Blob[] }[];
    };
