import { askBlind, type BlindWish } from '../app/blind.ts';
import { SERVED } from '../core/models/builtin.ts';
import type { BlindOdds } from '../core/review/blind.ts';
import { openStore } from '../store/db.ts';
import { readServedBenchmark } from './data.ts';
import { progressSince } from './progress.ts';
import type { DriveContext, ServedFolder } from './types.ts';

/** Questions asked without their images, as the command line asks for it. */
export interface LintRequest extends Omit<BlindWish, 'modelId'> {
  readonly benchmark: ServedFolder;
  readonly model: ServedFolder;
}

export interface LintOutcome {
  readonly odds: Readonly<Record<string, BlindOdds>>;
  /** Questions that could not be asked, with the reason. */
  readonly unasked: Readonly<Record<string, string>>;
  readonly model: Awaited<ReturnType<typeof askBlind>>['model'];
}

export async function lint(request: LintRequest, { control, report }: DriveContext): Promise<LintOutcome> {
  const { benchmark, image } = await readServedBenchmark(request.benchmark, report, control.signal);
  const questions = benchmark.pairs.map(({ id, question, options }) => ({
    id,
    wording: { question, option_1: options.A, option_2: options.B },
  }));
  const store = await openStore();
  const began = performance.now();
  const { kind, device, dtype, threads } = request;
  const wish = { kind, device, dtype, threads, modelId: `${SERVED}${request.model.base}` };
  try {
    const { odds, unasked, model } = await askBlind(questions, benchmark, wish, {
      ...{ store, image, signal: control.signal },
      says: (done, total) =>
        report(progressSince(began, { what: 'Asking without images', unit: 'questions', done, total })),
    });
    return { odds: Object.fromEntries(odds), unasked: Object.fromEntries(unasked), model };
  } finally {
    store.close();
  }
}
