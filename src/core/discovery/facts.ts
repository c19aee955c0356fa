import type { ImageFacts } from './select.ts';

export interface FactsOfImage {
  readonly sha256: string;
  readonly caption: string | null;
  readonly category: string | null;
  readonly figure: string | null;
}

/** What the filters need of the images, as numbers: equal texts become equal numbers. */
export function imageFacts(images: readonly FactsOfImage[]): ImageFacts {
  const group = (of: (i: FactsOfImage) => string | null): Int32Array => {
    const numbers = new Map<string, number>();
    return Int32Array.from(images, (image) => {
      const text = of(image);
      if (text === null) return -1;
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, numbers.size);
      return numbers.size - 1;
    });
  };
  return {
    content: group((i) => i.sha256),
    figure: group((i) => i.figure),
    caption: group((i) => i.caption?.toLowerCase().replace(/\s+/g, ' ').trim() || null),
    captionLength: Int32Array.from(images, (i) => [...(i.caption ?? '')].length),
    category: group((i) => i.category),
  };
}
