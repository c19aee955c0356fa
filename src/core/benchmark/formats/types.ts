import type { Result } from '../../fault.ts';
import type { Problem } from '../types.ts';

/** One value of a question file, with its place in words. */
export interface Field {
  readonly value: unknown;
  readonly place: string;
  /** A number as it stands in the file, of which float64 keeps 15 digits. */
  readonly written?: string;
}

/** One pair as written, before anything is known of its fields. */
export interface Row {
  readonly id: Field | null;
  readonly place: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** Why the row as a whole cannot be trusted; null when it can. */
  readonly broken: string | null;
}

export interface Rows {
  readonly rows: readonly Row[];
  readonly problems: readonly Problem[];
}

/** One way to write a question file. */
export interface BenchmarkFormat {
  /** As people name it: "JSON". */
  readonly label: string;
  /** Ending of its files, lower case, without the dot. */
  readonly ending: string;
  /** Further endings under which such files go. */
  readonly also?: readonly string[];
  /**
   * Splits a file's text into pairs, before anything is known of their fields.
   * @param path as listed, for places
   * @returns a fault where nothing can be read at all
   */
  rows(path: string, text: string): Result<Rows>;
}
