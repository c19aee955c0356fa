import type { Benchmark, ImageIndex, Pair } from '../core/benchmark/types.ts';
import { fault, FaultError, type Fault } from '../core/fault.ts';
import { methodParts, recordedMethods } from '../core/scoring/methods.ts';
import type { Group } from '../core/plan/types.ts';
import { UNJUDGED } from '../core/scoring/ff.ts';
import { published } from '../core/scoring/mc.ts';
import type { ResultRecord, ScoredRecord } from '../core/scoring/record.ts';
import type { GroupRequest, Outcome, QuestionRequest } from '../protocol/engine.ts';
import { shotImages } from '../core/prompts/few-shot.ts';
import type { RunConfig } from './types.ts';

/** Looks pairs up by id. */
export type Pairs = ReadonlyMap<string, Pair>;

export function pairsById(benchmark: Pick<Benchmark, 'pairs'>): Pairs {
  return new Map(benchmark.pairs.map((p) => [p.id, p]));
}

function pairOf(pairs: Pairs, id: string): Pair {
  const pair = pairs.get(id);
  if (!pair) throw new FaultError(fault('internal', `Pair ${id} is planned but not in the benchmark.`));
  return pair;
}

/** A group as the run asks it; pixels are added where the engine lacks an image's features. */
export type GroupAsk = Omit<GroupRequest, 'pixels' | 'imageSha256'> & { readonly imageSha256: string };

/**
 * A planned group as the engine takes it.
 * @throws FaultError 'bad-prompt' when an image of the prompt set's shots was not brought
 */
export function groupRequest(
  group: Group,
  pairs: Pairs,
  config: Pick<RunConfig, 'promptSet' | 'shotImages' | 'paraphrases'>,
): GroupAsk {
  const questions = group.questions.map((q): QuestionRequest => {
    const pair = pairOf(pairs, q.pair);
    return {
      pair: q.pair,
      image: q.image,
      question: pair.question,
      options: pair.options,
      methods: q.methods.map(baseUnderBlank),
    };
  });
  const shots = shotImages(config.promptSet).map((file) => {
    const sha256 = config.shotImages?.[file];
    if (sha256 === undefined)
      throw new FaultError(
        fault(
          'bad-prompt',
          `The prompt set ${config.promptSet.name} shows the image ${file}, which was not brought. Bring it, or choose another set.`,
          { file },
        ),
      );
    return { sha256, pixels: null };
  });
  const { promptSet } = config;
  const paraphrases = config.paraphrases?.map((p) => p.promptSet) ?? [];
  return {
    ...{ imageSha256: group.imageSha256, questions, promptSet, plain: false },
    ...(shots.length > 0 ? { shots } : {}),
    ...(paraphrases.length > 0 ? { paraphrases } : {}),
  };
}

/** The engine is shown the blank image and asked the plain question. */
function baseUnderBlank(method: string): string {
  const parts = methodParts(method);
  return parts?.condition === 'blank-image' ? parts.base : method;
}

/** An outcome with what only the page knows: the right answer and the image. */
export function toRecord(outcome: Outcome, pairs: Pairs): ResultRecord {
  const image = pairOf(pairs, outcome.pair).images[outcome.image === 1 ? 0 : 1];
  const base = {
    pair: outcome.pair,
    image: outcome.image,
    method: outcome.method,
    right: image.right,
    imageSha256: image.sha256 ?? '',
  };
  if (outcome.status === 'failed')
    return { ...base, status: 'failed', chosen: null, correct: null, options: null, fault: outcome.fault, notes: [] };
  const parts = methodParts(outcome.method);
  if (parts?.base === 'mc' && outcome.text !== null) {
    const letter = published(outcome.text);
    // Options were exchanged in the prompt: what the answer calls A is the benchmark's B.
    const chosen = parts.condition === 'swap' && letter !== null ? (letter === 'A' ? 'B' : 'A') : letter;
    return { ...base, ...unscored(outcome), chosen, correct: chosen === image.right };
  }
  if (parts?.base === 'ff')
    return { ...base, ...unscored(outcome), chosen: null, correct: false, notes: [...outcome.notes, UNJUDGED] };
  const { chosen, options, mass, margin, letterVariants, text, promptTokens, notes } = outcome;
  return {
    ...base,
    status: 'scored',
    chosen,
    correct: chosen === image.right,
    options,
    mass,
    margin,
    letterVariants,
    text,
    promptTokens,
    notes,
  };
}

/** What an answer in words carries, whatever is read in it. */
function unscored(
  o: Extract<Outcome, { status: 'scored' }>,
): Omit<ScoredRecord, 'pair' | 'image' | 'method' | 'right' | 'imageSha256' | 'chosen' | 'correct'> {
  const { text, promptTokens, notes } = o;
  return { status: 'scored', options: null, mass: null, margin: null, letterVariants: null, text, promptTokens, notes };
}

/** A whole group that could not be scored: one failed record for each it would have written. */
export function failedRecords(group: Group, pairs: Pairs, f: Fault): ResultRecord[] {
  const images: readonly ImageIndex[] = group.blank ? [1, 2] : [];
  const questions = group.blank
    ? group.questions.flatMap((q) => images.map((image) => ({ ...q, image })))
    : group.questions;
  return questions.flatMap((q) =>
    q.methods
      .flatMap(recordedMethods)
      .map((method) => toRecord({ pair: q.pair, image: q.image, method, status: 'failed', fault: f }, pairs)),
  );
}
