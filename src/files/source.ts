import { isQuestionFile } from '../core/benchmark/formats/registry.ts';

/** One file, wherever it is: picked, dropped, in a zip, served, or kept. Its bytes are asked for only when needed. */
export interface SourceFile {
  /** With '/', from the folder on, the folder's own name left out. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** The bytes, lazily: a slice of the Blob reads no more than that slice. @throws FaultError 'not-found' where the file has gone */
  blob(): Promise<Blob>;
}

/** Files that came together, under one name. */
export interface Folder {
  readonly name: string;
  readonly files: readonly SourceFile[];
}

/** A file whose Blob is at hand. Its size is asked for when it is wanted: a browser looks at the disk for that, and a folder has many files. */
export function sourceFile(path: string, blob: Blob): SourceFile {
  return {
    path,
    get size() {
      return blob.size;
    },
    blob: () => Promise.resolve(blob),
  };
}

/** The files with their Blobs at hand, for what reads slices of several. */
export function openAll(files: readonly SourceFile[]): Promise<readonly { path: string; blob: Blob }[]> {
  return Promise.all(files.map(async (f) => ({ path: f.path, blob: await f.blob() })));
}

export type FolderKind = 'model' | 'benchmark' | 'both' | 'unknown';

/** What a folder is, by the names in it. */
export function kindOf(folder: { readonly files: readonly Pick<SourceFile, 'path'>[] }): FolderKind {
  const has = (test: RegExp): boolean => folder.files.some((f) => test.test(f.path));
  const model = has(/\.onnx$/) && has(/(^|\/)config\.json$/);
  const benchmark = folder.files.some((f) => isQuestionFile(f.path));
  return model && benchmark ? 'both' : model ? 'model' : benchmark ? 'benchmark' : 'unknown';
}
