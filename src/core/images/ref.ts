import { changesKey, type Change } from './changes/change.ts';

/**
 * Which image is shown with a question: a file, by its content; the blank image, which is in no benchmark; or a file with something done to it (marks burned
 * in, a probe of robustness), which is an image of its own.
 */
export type ImageRef =
  | { readonly kind: 'file'; readonly sha256: string }
  | { readonly kind: 'blank' }
  | { readonly kind: 'marked'; readonly sha256: string; readonly changes: readonly Change[] };

export const BLANK: ImageRef = { kind: 'blank' };

/** An image by the SHA-256 of its file, hex. */
export function fileImage(sha256: string): ImageRef {
  return { kind: 'file', sha256 };
}

/** A file with something done to it; with nothing done to it, the file. */
export function markedImage(sha256: string, changes: readonly Change[]): ImageRef {
  return changes.length === 0 ? fileImage(sha256) : { kind: 'marked', sha256, changes };
}

/** The image of a file whose hash may not be known: null where it has none, because the file is not there. */
export function imageOfFile({ sha256 }: { readonly sha256: string | null }): ImageRef | null {
  return sha256 === null ? null : fileImage(sha256);
}

/** The one string that names an image: in groups, caches and keys of kept features. Two images have the same exactly if they are the same. */
export function imageKey(image: ImageRef): string {
  switch (image.kind) {
    case 'file':
      return image.sha256;
    case 'blank':
      return 'blank';
    case 'marked':
      return `${image.sha256}+${changesKey(image.changes)}`;
  }
}
