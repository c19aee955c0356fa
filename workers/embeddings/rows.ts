import type { Matrix } from '../../src/core/discovery/npy.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import type { Page } from './pages.ts';

/** Puts the lists of a column into one table as their pages come: every row a whole list, all of one length. */
export interface Rows {
  /** @throws FaultError 'unreadable' for a row that is missing, has a hole or is of another length */
  take(page: Page): void;
  /** @throws FaultError 'unreadable' where rows are missing */
  matrix(): Matrix;
}

/** @param file its name, for what is said of it. @param count rows that it says it has */
export function createRows(file: string, count: number): Rows {
  /** The first row tells the length; until its end the table cannot be made. */
  const first: number[] = [];
  let data: Float32Array<ArrayBuffer> | null = null;
  let [row, column] = [-1, 0];
  const bad = (what: string): FaultError => new FaultError(fault('unreadable', `${file} ${what}`, { file }));

  function endRow(): void {
    if (row === 0) {
      data = new Float32Array(count * first.length);
      data.set(first);
    } else if (row > 0 && column !== first.length)
      throw bad(
        `has ${column} numbers in row ${row + 1} and ${first.length} in row 1; all embeddings must be of one length. Embed that image again.`,
      );
  }
  function put(value: number): void {
    if (row === 0) first.push(value);
    else if (data && column < first.length) data[row * first.length + column] = value;
    column++;
  }

  return {
    take({ repetition, definition, most, values }) {
      const entries = Math.max(repetition.length, definition.length);
      let next = 0;
      for (let i = 0; i < entries; i++) {
        if (repetition[i] === 0) {
          endRow();
          row++;
          column = 0;
          if (row >= count) throw bad(`holds more rows than the ${count} that it says. Write it again.`);
        }
        if (definition.length > 0 && definition[i] !== most)
          throw bad(
            `has nothing where a number should be in row ${row + 1} (null, or an empty list). Embed that image again, or leave its row out of both sets.`,
          );
        put(Number(values[next++]));
      }
    },
    matrix() {
      endRow();
      if (!data || row !== count - 1) throw bad(`holds ${row + 1} rows of the ${count} that it says. Copy it again.`);
      return { rows: count, columns: first.length, data };
    },
  };
}
