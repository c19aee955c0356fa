import type { ImageLayout } from '../pixels/types.ts';

/** The files of a model folder that decide how prompts and positions are made, parsed; null where the folder has none. */
export interface FamilyFiles {
  readonly config: unknown;
  readonly processor: unknown;
  readonly preprocessor: unknown;
  readonly tokenizerConfig: unknown;
}

/** One image as the prompt sees it. */
export interface PromptImage {
  readonly layout: ImageLayout;
  /** Rows of features that the vision session gave for it. */
  readonly rows: number;
}

/** What a family asks of the tokenizer. */
export interface Vocabulary {
  /** The token string of an id, or null. */
  piece(id: number): string | null;
  /** The id of a token string, or null. */
  id(piece: string): number | null;
}

/** Where a family stands: its likelihoods were compared with a reference implementation, or it runs but nobody compared. */
export type FamilyStatus = 'checked' | 'unchecked';

/**
 * How one model family differs from the common path: image then text in one user turn, placeholder replaced by image tokens, positions 0, 1, 2, ...
 * What sessions take (position_ids, num_logits_to_keep, states) is read from the sessions themselves.
 */
export interface Family {
  /** `model_type` of config.json. */
  readonly type: string;
  readonly status: FamilyStatus;
  /** A sentence to be shown beside every score of this family; null for none. */
  readonly caveat: string | null;
  readonly architecture: 'decoder' | 'encoder-decoder';
  /** What the rendered prompt holds once for each image. */
  placeholder(files: FamilyFiles, vocabulary: Vocabulary): string;
  /** What replaces the placeholder: the text that tokenises to the image's tokens. */
  expand(image: PromptImage, files: FamilyFiles, vocabulary: Vocabulary): string;
  /** Id of the tokens whose embeddings are replaced by image features. */
  imageTokenId(files: FamilyFiles, vocabulary: Vocabulary): number;
  /** Rows of position ids, each as long as `ids`. `rows`: how many rows the decoder session takes (1 unless it says otherwise). */
  positions(ids: readonly number[], images: readonly PromptImage[], files: FamilyFiles, rows: number): number[][];
  /** The prompt where the folder has no chat template; null: such a folder is refused. */
  readonly plainPrompt: ((images: number, text: string, placeholder: string) => string) | null;
}
