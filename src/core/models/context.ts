import { at } from '../json.ts';

const PARTS = ['text_config', 'phi_config', 'llm_config', 'language_config', null] as const;
const KEYS = ['max_position_embeddings', 'n_positions', 'max_seq_len'] as const;

/** Most tokens that a model takes, its images included; null where config.json does not say. */
export function contextLength(config: unknown): number | null {
  for (const part of PARTS)
    for (const key of KEYS) {
      const n = part === null ? at(config, key) : at(config, part, key);
      if (typeof n === 'number' && Number.isInteger(n) && n > 0) return n;
    }
  return null;
}
