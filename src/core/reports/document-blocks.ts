import type { Grid } from './grid.ts';
import type { WorstPair } from './worst.ts';

/** A piece of a report. */
export type Block =
  | { readonly kind: 'text'; readonly text: string; readonly alert?: boolean }
  /** `heat`: cells are shares of 100, shown as a heatmap. `reading`: for the eye, not among the numbers that LaTeX and CSV take. */
  | { readonly kind: 'grid'; readonly grid: Grid; readonly heat?: boolean; readonly reading?: boolean }
  /** Plots side by side, as SVG text. */
  | { readonly kind: 'plots'; readonly svg: readonly string[] }
  | { readonly kind: 'pairs'; readonly pairs: readonly WorstPair[] };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}
