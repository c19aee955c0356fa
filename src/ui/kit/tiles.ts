/** How a wall of equal tiles is laid out. */
export interface Tiles {
  readonly columns: number;
  /** Of a tile, px. */
  readonly width: number;
}

/**
 * As many columns as fit, all of one width: what `repeat(auto-fill, minmax(least, 1fr))` gives.
 * @param width of the wall, px
 * @param least width of a tile, px
 * @param gap between two columns, px
 * @param fewest columns, however narrow the wall
 */
export function tilesIn(width: number, least: number, gap: number, fewest = 1): Tiles {
  const columns = Math.max(fewest, Math.floor((width + gap) / (least + gap)));
  return { columns, width: Math.max(0, (width - (columns - 1) * gap) / columns) };
}

/** Where a key leads from a tile, by its place; null where it leads nowhere. */
export function stepIn(key: string, at: number, columns: number, total: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at + columns,
    ArrowUp: at - columns,
    Home: 0,
    End: total - 1,
  };
  const to = steps[key];
  return to === undefined || to < 0 || to >= total ? null : to;
}
