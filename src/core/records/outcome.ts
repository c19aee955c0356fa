import type { ImageIndex, Letter } from '../benchmark/types.ts';
import type { Fault } from '../fault.ts';
import type { LetterVariant, OptionScore } from './record.ts';

/** What an engine found for one question under one method; the run adds what only it knows (the right answer, the image). */
export type Outcome =
  | {
      readonly pair: string;
      readonly image: ImageIndex;
      readonly method: string;
      readonly status: 'scored';
      readonly chosen: Letter | null;
      readonly options: Readonly<Record<Letter, OptionScore>> | null;
      readonly mass: number | null;
      readonly margin: number | null;
      readonly letterVariants: Readonly<Record<Letter, readonly LetterVariant[]>> | null;
      readonly text: string | null;
      /** What the model thought before its answer, where it did. */
      readonly thought?: string;
      readonly promptTokens: number;
      readonly notes: readonly string[];
    }
  | {
      readonly pair: string;
      readonly image: ImageIndex;
      readonly method: string;
      readonly status: 'failed';
      readonly fault: Fault;
    };
