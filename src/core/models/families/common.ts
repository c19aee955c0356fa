import { fault, FaultError } from '../../fault.ts';
import { at, numberAt, stringAt } from '../../json.ts';
import type { Family, FamilyFiles, PromptImage, Vocabulary } from './types.ts';

/** The image token id of config.json: `image_token_id` or, in older exports, `image_token_index`. */
function configImageTokenId(files: FamilyFiles, vocabulary: Vocabulary): number {
  const id = at(files.config, 'image_token_id') ?? at(files.config, 'image_token_index');
  if (typeof id === 'number' && id >= 0) return id;
  const byPiece = vocabulary.id(stringAt(files.processor, ['image_token'], '<image>'));
  if (byPiece !== null) return byPiece;
  throw new FaultError(
    fault('bad-model', 'The model folder does not say which token stands for an image (config.json: image_token_id).'),
  );
}

/** The piece of the image token, as the chat template writes it. */
export function imagePiece(files: FamilyFiles, vocabulary: Vocabulary): string {
  const id = configImageTokenId(files, vocabulary);
  const piece = vocabulary.piece(id);
  if (piece === null)
    throw new FaultError(
      fault('bad-model', `The tokenizer has no token ${id}, which config.json names as the image token.`),
    );
  return piece;
}

/** Positions start, start + 1, ...; the same on each row. */
export function plainPositions(length: number, rows: number, start = 0): number[][] {
  return Array.from({ length: rows }, () => Array.from({ length }, (_, i) => start + i));
}

/** Tokens an image tile or image becomes, where every tile gives the same number of rows. */
export function rowsPerTile(image: PromptImage): number {
  const n = image.rows / image.layout.tiles;
  if (!Number.isInteger(n))
    throw new FaultError(
      fault(
        'bad-model',
        `The vision encoder gave ${image.rows} feature rows for ${image.layout.tiles} tiles, which do not divide evenly.`,
      ),
    );
  return n;
}

/** The common path; a family spreads this and overrides where it differs. */
export const common = {
  status: 'unchecked',
  caveat: null,
  architecture: 'decoder',
  sessionsOf: null,
  layout: 'usual',
  behindImage: '',
  askedBy: () => 'user',
  prompt: 'tokens',
  sees: 'rows',
  deepstack: false,
  imageLead: 0,
  tokenised: 'whole',
  placeholder: imagePiece,
  expand: (image, files, vocabulary) => imagePiece(files, vocabulary).repeat(image.rows),
  imageTokenId: configImageTokenId,
  positions: (ids, _images, _files, rows) => plainPositions(ids.length, rows),
  plainPrompt: null,
} as const satisfies Omit<Family, 'type'>;

/** spatial_merge_size, 2 unless the configuration says otherwise. */
export function mergeSize(files: FamilyFiles): number {
  return numberAt(
    files.config,
    ['vision_config', 'spatial_merge_size'],
    numberAt(files.config, ['spatial_merge_size'], 2),
  );
}
