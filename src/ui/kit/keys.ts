/** Keys that do the same, as they are written on them, and what they do. */
export type Key = readonly [names: readonly string[], words: string];
