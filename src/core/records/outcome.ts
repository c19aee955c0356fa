import type { ImageIndex } from '../benchmark/types.ts';
import type { Fault } from '../fault.ts';
import type { ScoredAnswer } from './record.ts';

/** Which question under which method. */
interface Asked {
  readonly pair: string;
  readonly image: ImageIndex;
  readonly method: string;
}

/** What an engine found for one question under one method; the run adds what only it knows (the right answer, the image). */
export type Outcome =
  | (Asked & ScoredAnswer & { readonly notes: readonly string[] })
  | (Asked & { readonly status: 'failed'; readonly fault: Fault });
