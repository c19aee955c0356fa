import type { Family, LayoutName } from './types.ts';

/** Which session file, without dtype suffix and ending, does what. One file may do two things. */
export interface SessionRoles {
  /** Pixels to rows of features. */
  readonly vision: string;
  /** Token ids to embeddings. */
  readonly embed: string;
  /** Embeddings and keys and values so far to logits, or to hidden states where there is a head. */
  readonly decoder: string;
  /** Hidden states to logits; null: the decoder gives logits. */
  readonly head: string | null;
}

/** The session files of each layout (transformers.js, session_config.js); what a layout holds beside them draws pictures and is never loaded. */
const LAYOUTS: Readonly<Record<LayoutName, SessionRoles>> = {
  usual: { vision: 'vision_encoder', embed: 'embed_tokens', decoder: 'decoder_model_merged', head: null },
  multi_modality: {
    vision: 'prepare_inputs_embeds',
    embed: 'prepare_inputs_embeds',
    decoder: 'language_model',
    head: 'lm_head',
  },
  phi3_v: { vision: 'vision_encoder', embed: 'prepare_inputs_embeds', decoder: 'model', head: null },
};

export function sessionRoles({ layout }: Pick<Family, 'layout'>): SessionRoles {
  return LAYOUTS[layout];
}

/** Session files that a family loads, without dtype suffix and ending; what a dtype is chosen for. */
export function sessionFiles(family: Pick<Family, 'architecture' | 'sees' | 'layout'>): readonly string[] {
  const { vision, embed, decoder, head } = sessionRoles(family);
  const own = [...new Set([vision, embed, decoder]), ...(head === null ? [] : [head])];
  return family.architecture === 'encoder-decoder' || family.sees === 'read' ? [...own, 'encoder_model'] : own;
}

const ROLES = Object.values(LAYOUTS);

/** Whether one of these sessions sees images for a language model, in whatever layout. */
export function seesImages(sessions: readonly string[]): boolean {
  return ROLES.some((r) => sessions.includes(r.vision));
}

/** Whether a session is the one whose weights are used once a token, in whatever layout; a text model's (`model`) is. */
export function isDecoder(session: string): boolean {
  return ROLES.some((r) => r.decoder === session);
}

/** The session among these that holds the table of embeddings and nothing else; undefined where none does. */
export function tableSession(sessions: readonly string[]): string | undefined {
  const alone = ROLES.filter(
    (r) => r.embed !== r.vision && [r.vision, r.embed, r.decoder].every((s) => sessions.includes(s)),
  );
  return alone[0]?.embed ?? sessions.find((s) => s === LAYOUTS.usual.embed);
}
