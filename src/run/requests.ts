import type { Benchmark, Pair } from '../core/benchmark/types.ts';
import { fault, FaultError, type Fault } from '../core/fault.ts';
import { fileImage } from '../core/images/ref.ts';
import { failedRecord, scoredRecord } from '../core/methods/outcome.ts';
import { NO_PROBES, rightUnder } from '../core/methods/probes.ts';
import { recordedMethod, recordedNames } from '../core/methods/registry.ts';
import { recordedImages } from '../core/plan/groups.ts';
import type { Group } from '../core/plan/types.ts';
import type { ResultRecord } from '../core/records/record.ts';
import type { Outcome } from '../core/records/outcome.ts';
import type { GroupAsk, QuestionAsk } from '../core/plan/ask.ts';
import { shotImages } from '../core/prompts/few-shot.ts';
import type { RunConfig } from '../core/records/run-config.ts';

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

/**
 * A planned group in full, as an engine is asked it.
 * @throws FaultError 'bad-prompt' when an image of the prompt set's shots was not brought
 */
export function groupAsk(
  group: Group,
  pairs: Pairs,
  config: Pick<RunConfig, 'promptSet' | 'shotImages' | 'paraphrases' | 'chat'>,
): GroupAsk {
  const questions = group.questions.map((q): QuestionAsk => {
    const pair = pairOf(pairs, q.pair);
    return {
      pair: q.pair,
      image: q.image,
      question: pair.question,
      options: pair.options,
      methods: q.methods,
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
    return fileImage(sha256);
  });
  const { promptSet } = config;
  const paraphrases = config.paraphrases?.map((p) => p.promptSet) ?? [];
  const chat = config.chat ? { chat: config.chat } : {};
  return { image: group.image, questions, promptSet, paraphrases, shots, ...chat };
}

/** An outcome with what only the page knows: the right answer, the image, and what was done to it. */
export function toRecord(
  outcome: Outcome,
  pairs: Pairs,
  shown: Group['image'],
  config: Pick<RunConfig, 'probes'>,
): ResultRecord {
  const pair = pairOf(pairs, outcome.pair);
  const { right: own, sha256 } = pair.images[outcome.image === 1 ? 0 : 1];
  const condition = recordedMethod(outcome.method)?.condition ?? null;
  const right = rightUnder(condition, pair, own, config.probes ?? NO_PROBES);
  const changes = shown.kind === 'marked' ? { changes: shown.changes } : {};
  const question = { pair: outcome.pair, image: outcome.image, right, imageSha256: sha256 ?? '', ...changes };
  return outcome.status === 'failed'
    ? failedRecord(question, outcome.method, outcome.fault)
    : scoredRecord(question, outcome);
}

/** A whole group that could not be scored: one failed record for each it would have written. */
export function failedRecords(group: Group, pairs: Pairs, f: Fault, config: Pick<RunConfig, 'probes'>): ResultRecord[] {
  const questions = group.questions.flatMap((q) => recordedImages(group, q.image).map((image) => ({ ...q, image })));
  return questions.flatMap((q) =>
    q.methods.flatMap(recordedNames).map((method) => {
      const failed = { pair: q.pair, image: q.image, method, status: 'failed', fault: f } as const;
      return toRecord(failed, pairs, group.image, config);
    }),
  );
}
