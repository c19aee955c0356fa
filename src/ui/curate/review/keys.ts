import type { Key } from '../../kit/keys.ts';

/** Every key of the review, for the help and for the page: one table. */
export const KEYS: readonly Key[] = [
  [['1', '…', '9', '0'], 'score of the question in turn, 0 for ten; the other question is then in turn'],
  [['↑', '↓'], 'the other question in turn'],
  [['c'], 'correct or not, of the question in turn; not correct scores 1'],
  [['r'], 'relevant or not'],
  [['l'], 'language good or not'],
  [['Enter', 'j'], 'next pair'],
  [['k'], 'pair before'],
  [['e'], 'edit question and options'],
  [['s'], 'exchange which option is right for which image'],
  [['x'], 'exclude the pair, or take it back in'],
  [['f'], 'flag'],
  [['m'], 'comment'],
  [['g'], 'categories'],
  [['p'], 'failure pattern'],
  [['u'], 'undo'],
  [['+', '−'], 'zoom in and out'],
  [['Shift', '←↑→↓'], 'move both images'],
  [['w'], 'dragging changes the window, or moves'],
  [['z'], 'reset zoom, place and window'],
  [['?'], 'these keys'],
];
