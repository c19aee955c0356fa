import { scaled, type Mark, type PairMarks } from '../../../core/images/marks/mark.ts';
import type { Extent } from '../../../core/images/marks/shapes.ts';
import { USUAL_PEN, type Pen } from './drawing.ts';

export type Side = 0 | 1;
const NONE: PairMarks = [[], []];

/** The marks of the pair in sight while they are drawn. */
export interface MarkEditor {
  readonly marks: PairMarks;
  /** null: nothing is drawn, the images are only looked at. */
  readonly pen: Pen | null;
  /** The image that was drawn on last. */
  readonly side: Side;
  readonly canUndo: boolean;
  take(pen: Pen | null): void;
  /** The pen that is taken up next, with what was chosen last. */
  penOf(kind: Pen['kind']): Pen;
  add(side: Side, mark: Mark): void;
  undo(): void;
  /** Takes the marks of one image away. */
  clear(side: Side): void;
  /** Puts one image's marks on the other too. @param sizes of both images, as far as they are known */
  copy(from: Side, sizes: readonly [Extent | null, Extent | null]): void;
  /** Another pair comes into sight. */
  show(marks: PairMarks | undefined): void;
}

/** @param save keeps every change; a failure is the caller's to show */
export function createMarkEditor(save: (marks: PairMarks) => void): MarkEditor {
  let marks = $state.raw<PairMarks>(NONE);
  let pen = $state.raw<Pen | null>(null);
  let last = $state.raw<Pen>(USUAL_PEN);
  let side = $state<Side>(0);
  let history = $state.raw<readonly PairMarks[]>([]);

  function change(next: PairMarks): void {
    history = [...history, marks];
    marks = next;
    save(next);
  }
  const on = (at: Side, list: readonly Mark[]): PairMarks => (at === 0 ? [list, marks[1]] : [marks[0], list]);

  return {
    get marks() {
      return marks;
    },
    get pen() {
      return pen;
    },
    get side() {
      return side;
    },
    get canUndo() {
      return history.length > 0;
    },
    take: (next) => {
      pen = next;
      if (next) last = next;
    },
    penOf: (kind) => ({ ...last, kind }),
    add: (at, mark) => {
      side = at;
      change(on(at, [...marks[at], mark]));
    },
    undo: () => {
      const before = history.at(-1);
      if (!before) return;
      history = history.slice(0, -1);
      marks = before;
      save(before);
    },
    clear: (at) => {
      if (marks[at].length > 0) change(on(at, []));
    },
    copy: (from, sizes) => {
      const to: Side = from === 0 ? 1 : 0;
      const [a, b] = [sizes[from], sizes[to]];
      const [sx, sy] = a && b ? [b.width / a.width, b.height / a.height] : [1, 1];
      change(on(to, [...marks[to], ...marks[from].map((m) => scaled(m, sx, sy))]));
      side = to;
    },
    show: (next) => {
      marks = next ?? NONE;
      history = [];
    },
  };
}
