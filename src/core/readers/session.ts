import type { Benchmark, Letter } from '../benchmark/types.ts';
import { withoutModel } from '../records/no-model.ts';
import type { ScoredRecord } from '../records/record.ts';
import type { RunInfo } from '../records/run-info.ts';
import { readingOrder, type Asked } from './order.ts';

/** One answer of a reader. */
export interface Answer extends Asked {
  readonly chosen: Letter;
  /** How long the question was in sight, in milliseconds; pauses left out. */
  readonly ms: number;
}

/** A person who takes a benchmark, as far as they have come. */
export interface Session {
  readonly id: string;
  readonly benchmarkId: string;
  /** As the reader calls themselves. */
  readonly name: string;
  readonly seed: number;
  /** Whether each answer is told right or wrong at once; else nothing is said until the end. */
  readonly feedback: 'end' | 'at-once';
  readonly startedAt: string;
  readonly answers: readonly Answer[];
  /** The run that it became; null while it goes on. */
  readonly run: string | null;
}

/** The question that is due; null at the end. */
export function due(benchmark: Pick<Benchmark, 'pairs'>, session: Session): Asked | null {
  const done = new Set(session.answers.map((a) => `${a.pair}/${a.image}`));
  return readingOrder(benchmark.pairs, session.seed).find((q) => !done.has(`${q.pair}/${q.image}`)) ?? null;
}

/** Records as a model's: a person chooses a letter, as MC reads one. */
export function personRecords(
  benchmark: Pick<Benchmark, 'pairs'>,
  answers: readonly Answer[],
): readonly ScoredRecord[] {
  const pairs = new Map(benchmark.pairs.map((p) => [p.id, p]));
  return answers.flatMap(({ pair, image, chosen }): readonly ScoredRecord[] => {
    const shown = pairs.get(pair)?.images[image === 1 ? 0 : 1];
    if (!shown) return [];
    return [
      {
        ...{ pair, image, method: 'mc', right: shown.right, imageSha256: shown.sha256 ?? '' },
        ...{ notes: [], status: 'scored', chosen, correct: chosen === shown.right },
        ...{ options: null, mass: null, margin: null, letterVariants: null, text: chosen, promptTokens: 0 },
      },
    ];
  });
}

/** run.json of a reader: no device, no weights, and who it was. */
export function personRunInfo(
  benchmark: Benchmark,
  session: Session,
  facts: { readonly lookalike: string; readonly at: string; readonly browser: string },
): RunInfo {
  return {
    ...withoutModel(benchmark, {
      ...{ lookalike: facts.lookalike, startedAt: session.startedAt, finishedAt: facts.at, browser: facts.browser },
      ...{ model: { id: `${session.name} (person)`, family: 'person' }, asked: 'shown on the page', methods: ['mc'] },
      seconds: session.answers.reduce((sum, a) => sum + a.ms, 0) / 1000,
      command: null,
    }),
    recordedByPerson: {
      name: session.name,
      seed: session.seed,
      feedback: session.feedback,
      milliseconds: Object.fromEntries(session.answers.map((a) => [`${a.pair}/${a.image}`, a.ms])),
    },
  };
}
