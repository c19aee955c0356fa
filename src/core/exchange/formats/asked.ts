import type { ImageIndex, Letter, Pair } from '../../benchmark/types.ts';
import { presentationOf } from '../../methods/conditions.ts';
import { recordedMethod } from '../../methods/registry.ts';
import { askedText } from '../../prompts/render.ts';
import type { PromptSet } from '../../prompts/types.ts';
import type { RunInfo } from '../../records/run-info.ts';

type PromptInfo = Pick<RunInfo['promptSet'], 'name' | 'prompts' | 'answerPrefix' | 'fewShot'>;

/** A prompt set of run.json as the set that it was made from; null where run.json names no texts (imported runs). */
export function promptSetOf({ name, prompts, answerPrefix, fewShot }: PromptInfo): PromptSet | null {
  const { system, letter, open, ...own } = prompts;
  if (letter === undefined || open === undefined) return null;
  return {
    ...{ name, prompts: { letter, open, ...own }, system: system ?? null },
    ...(answerPrefix ? { answerPrefix } : {}),
    ...(fewShot ? { fewShot } : {}),
  };
}

/** The user's turn as a recorded method asked it, without the image; the bare question where run.json does not tell. */
export function promptText(run: RunInfo, method: string, pair: Pick<Pair, 'question' | 'options'>): string {
  const found = recordedMethod(method);
  if (!found) return pair.question;
  const { wording, swapped } = presentationOf(found.condition);
  const info = wording === null ? run.promptSet : run.paraphrases?.[wording - 1];
  const set = info ? promptSetOf(info) : null;
  if (set === null) return pair.question;
  const { A, B } = pair.options;
  return askedText(set, found.method, { question: pair.question, options: swapped ? { A: B, B: A } : { A, B } });
}

/** A question of a benchmark. */
export interface Question {
  readonly pair: Pair;
  readonly image: ImageIndex;
  readonly right: Letter;
}

/** All questions, in the benchmark's order. */
export function questionsOf(pairs: readonly Pair[]): readonly Question[] {
  return pairs.flatMap((pair) =>
    ([1, 2] as const).map((image) => ({ pair, image, right: pair.images[image === 1 ? 0 : 1].right })),
  );
}
