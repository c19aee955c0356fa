import { encoderOf } from '../discovery/encoders.ts';
import { seesImages } from './families/sessions.ts';
import { TEXT_SESSION } from './text.ts';

export type ModelKind = 'vision-language' | 'encoder' | 'text' | 'other';

/** What config.json and the file names say of a model. */
export interface FolderFacts {
  /** model_type; null where it names none. */
  readonly modelType: string | null;
  /** dtypes in which each session file is there: `{decoder_model_merged: ['fp32', 'q4']}`. */
  readonly dtypes: Readonly<Record<string, readonly string[]>>;
}

/** What a kept model is; whether it can be used is found out when it is loaded. */
export function modelKind({ modelType, dtypes }: FolderFacts): ModelKind {
  if (seesImages(Object.keys(dtypes))) return 'vision-language';
  if (encoderOf({ model_type: modelType }, []).ok) return 'encoder';
  return TEXT_SESSION in dtypes ? 'text' : 'other';
}
