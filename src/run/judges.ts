import type { Result } from '../core/fault.ts';
import type { JudgeInfo } from '../core/records/run-info.ts';
import type { LoadStep } from '../engines/engine.ts';
import type { LikelihoodsRequest, TextEngine } from '../engines/text.ts';

/** Who reads free answers, ready to be asked. */
export interface Judge {
  readonly info: Exclude<JudgeInfo, { kind: 'person' }>;
  readonly text: TextEngine;
}

/** A text model that can judge here, as far as can be told before it is loaded. */
export interface JudgeAhead {
  /**
   * Loads it.
   * @param probe what the device is checked with: a prompt, and texts behind it
   */
  open(probe: LikelihoodsRequest, says: (step: LoadStep) => void): Promise<Result<TextEngine>>;
}

/** A text model as a judge. `self`: the model under test, whose engine ends it. */
export function textJudge(kind: 'model' | 'self', text: TextEngine): Judge {
  const { id, sha256, dtype, files, device } = text.facts;
  return { info: { kind, id, sha256, dtype, files, device }, text };
}
