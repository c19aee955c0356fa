import { pairKey, type Draft } from '../drafting/draft.ts';
import { canonicalJson } from '../exchange/canonical.ts';
import type { Hash } from './chain.ts';

/** SHA-256 of what is reviewed: the valid drafts with their images and questions, whatever their order. A trail names it, so that it is never folded on others. */
export async function draftsHash(drafts: readonly Draft[], hash: Hash): Promise<string> {
  const lines = drafts
    .filter((d) => d.status === 'valid')
    .map((d) => canonicalJson({ pair: pairKey(d), images: d.sha256, parsed: d.parsed }))
    .sort();
  return hash(lines.join('\n'));
}
