import type { ImageLayout } from '../../images/types.ts';

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

/** How the sessions of a folder share the work (sessions.ts). `usual`: as transformers.js lays out most families; the others are named by their one type. */
export type LayoutName = 'usual' | 'multi_modality' | 'phi3_v';

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
  /**
   * `tokens`: a prompt is tokens that may be computed piece by piece. `whole`: it must be computed in one run, and an option is tokenised by itself
   * behind it. `settled`: whether it is whole is found out from the decoder when it is loaded (workers/vlm/both-ways.ts).
   */
  readonly prompt: 'tokens' | 'whole' | 'settled';
  /**
   * How the model sees an image. `rows`: rows of features stand in the places of image tokens. `read`: an encoder (Q-Former) reads the image's features
   * and the prompt's text, and its rows stand there. `states`: the decoder takes the image's states as inputs of their own, and one token marks its place.
   */
  readonly sees: 'rows' | 'read' | 'states';
  /**
   * The first layers of the text take rows of the image of their own, which exports may leave out. One that has them holds them behind the embeddings, in one
   * tensor (tools/export/families/qwen.py), and the caveat falls.
   */
  readonly deepstack: boolean;
  /** Tokens in front of an image's first row that see the image: they are computed with it, never before. */
  readonly imageLead: number;
  /**
   * What the tokenizer is given at once. `whole`: a prompt with its images. `behind-images`: the text behind the last image by itself, so that its
   * beginning-of-text token stands there and not in front. `around-images`: each text between images by itself, each with such a token.
   */
  readonly tokenised: 'whole' | 'behind-images' | 'around-images';
  /** A type that transformers.js knows, whose session files are those of this family; null: it knows this one. */
  readonly sessionsOf: string | null;
  /** Which session files the family's folders have, and what each does. */
  readonly layout: LayoutName;
  /** What stands for an image in a conversation whose template takes texts only, behind its placeholder. */
  readonly behindImage: string;
  /** The role of the one who asks, by the chat template's text: some write roles as they are given. */
  askedBy(template: string): string;
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
