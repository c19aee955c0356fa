import { DEFAULT_CHAT } from '../../src/core/chat/settings.ts';
import { contextLength } from '../../src/core/models/context.ts';
import type { PromptImage } from '../../src/core/models/families/types.ts';
import type { GroupAsk, QuestionAsk } from '../../src/core/plan/ask.ts';
import type { PlannedSequence } from '../../src/core/plan/tree.ts';
import type { PromptSet } from '../../src/core/prompts/types.ts';
import type { Outcome } from '../../src/core/records/outcome.ts';
import type { FeatureData } from '../../src/protocol/engine.ts';
import { requireImageTokens } from '../language/embed.ts';
import { nthIndex, rowsOf } from '../language/forest.ts';
import type { Tokenizer } from '../language/tokenizer.ts';
import { fitAnswers, requirePlainText, requireRoom } from './askable.ts';
import { planQuestion, type DecodeLimits, type Makers, type QuestionPlan } from './asks.ts';
import type { Shown } from './contexts.ts';
import type { OpenedModel } from './load.ts';
import { failedOutcomes } from './outcomes.ts';
import { controlTokens, createPromptMaker, type PromptMaker } from './prompts.ts';
import { imageTokens } from './seeing.ts';

/** What the questions of a group ask, and those that could not be asked. */
export interface Planned {
  readonly plans: readonly QuestionPlan[];
  readonly failed: readonly Outcome[];
}

/** Questions as a model is asked them: prompts, and the token sequences made of them. */
export interface Questions {
  /** What makes the prompts of a group. @param shown the images as prompts show them */
  makers(ask: GroupAsk, shown: Shown): Makers;
  /** Refuses a question that the model would read as something else. @throws FaultError 'bad-prompt' */
  requirePlain(q: QuestionAsk): void;
  /** Each question as sequences; one that cannot be asked fails alone. */
  plan(ask: GroupAsk, shown: Shown, limits: DecodeLimits): Planned;
  /** Where the group's own image begins, behind the shots' image tokens: tokens before it are the same for every image of the run. */
  imageStart(sequences: readonly PlannedSequence[], shown: Shown): number;
}

export function createQuestions(model: OpenedModel, tokenizer: Tokenizer): Questions {
  const { family, files } = model;
  const imageToken = (): number => family.imageTokenId(files, tokenizer);
  const control = (): readonly string[] => controlTokens(tokenizer, family.placeholder(files, tokenizer));

  function makers(ask: GroupAsk, shown: Shown): Makers {
    const make = (set: PromptSet, images: readonly FeatureData[]): PromptMaker => {
      const places = images.map(({ layout, rows }): PromptImage => ({ layout, rows }));
      return createPromptMaker(family, files, tokenizer, set, places, ask.chat ?? DEFAULT_CHAT);
    };
    return {
      seeing: make(ask.promptSet, shown.seeing),
      blind: make(ask.promptSet, shown.blind),
      paraphrased: ask.paraphrases.map((set) => make(set, shown.seeing)),
    };
  }

  /** Tokens that a sequence takes in the model; of an encoder-decoder, what its encoder takes. */
  function lengthOf(s: PlannedSequence, shown: Shown): number {
    if (s.context === undefined) return s.ids.length;
    return tokenizer.encodeWhole(s.context).length + rowsOf(s.blind ? shown.blind : shown.seeing);
  }

  function plan(ask: GroupAsk, shown: Shown, limits: DecodeLimits): Planned {
    const made = makers(ask, shown);
    const controlled = control();
    const context = contextLength(files.config);
    const length = (s: PlannedSequence): number => lengthOf(s, shown);
    const plans: QuestionPlan[] = [];
    const failed: Outcome[] = [];
    for (const q of ask.questions) {
      try {
        requirePlainText(q, controlled);
        const question = fitAnswers(planQuestion(q, made, tokenizer, limits), context, length);
        requireRoom(q, question.sequences, context, length);
        if (family.architecture === 'decoder')
          for (const s of question.sequences)
            requireImageTokens(s.ids, imageToken(), imageTokens(model, s.blind ? shown.blind : shown.seeing));
        plans.push(question);
      } catch (e) {
        failed.push(...failedOutcomes(q, e));
      }
    }
    return { plans, failed };
  }

  function imageStart(sequences: readonly PlannedSequence[], shown: Shown): number {
    // Where the decoder takes the image's states, tokens before the image see it too.
    if (sequences.length === 0 || family.architecture !== 'decoder' || family.sees === 'states') return 0;
    const [token, before] = [imageToken(), rowsOf(shown.blind)];
    const starts = sequences.filter((s) => !s.blind).map((s) => nthIndex(s.ids, token, before));
    return starts.length === 0 ? 0 : Math.max(0, Math.min(...starts));
  }

  return { makers, requirePlain: (q) => requirePlainText(q, control()), plan, imageStart };
}
