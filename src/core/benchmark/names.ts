import type { Field, Row } from './formats/types.ts';

/** Fields of the layout (arXiv 2409.15477; data/dataset.json of its code), without the two of AI_ and the similarities. */
export const FIELDS: readonly string[] = [
  ...['id', 'question', 'option_A', 'option_B'],
  ...['im', 'cap', 'category'].flatMap((f) => [`${f}_1`, `${f}_2`]),
  ...['local', 'correct'].flatMap((f) => [`im_1_${f}`, `im_2_${f}`]),
];
/** Further fields that are known, kept in `extra`. */
export const EXTRAS =
  /^(BiomedCLIP_sim|DINO_sim|AI_question|AI_option_[AB]|sim_med|sim_gen|reviewed|pattern|difficulty|finding|resize)$/;

/** A name without capitals, spaces and signs: " Option A" is option_A. */
export function squash(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

const BY_SQUASHED: ReadonlyMap<string, string> = new Map(FIELDS.map((f) => [squash(f), f]));

/** The field that a name means, capitals, spaces and signs aside; null for none of ours. */
export function fieldNamed(name: string): string | null {
  return BY_SQUASHED.get(squash(name)) ?? null;
}

/** Whether a name means a field of the layout. */
export function isFieldName(name: string): boolean {
  return fieldNamed(name) !== null;
}

/** A row under the layout's own names, and the names that were otherwise: where both stand, the layout's own counts. */
export function underOwnNames(row: Row): {
  readonly row: Row;
  readonly renamed: readonly (readonly [string, Field, string])[];
} {
  const renamed: [string, Field, string][] = [];
  const fields = new Map<string, Field>();
  for (const [name, field] of row.fields) {
    const own = EXTRAS.test(name) ? null : fieldNamed(name);
    if (own === null || own === name || row.fields.has(own) || fields.has(own)) fields.set(name, field);
    else {
      fields.set(own, field);
      renamed.push([name, field, own]);
    }
  }
  if (renamed.length === 0) return { row, renamed };
  return { row: { ...row, fields, id: row.id ?? fields.get('id') ?? null }, renamed };
}
