import type { Key } from '../kit/keys.ts';

/** Every key of a pair's page, for the help. */
export const KEYS: readonly Key[] = [
  [['→', 'j'], 'next pair'],
  [['←', 'k'], 'previous pair'],
  [['+', '−'], 'zoom in and out, both images'],
  [['0'], 'fit the images'],
  [['1'], 'one image pixel is one screen pixel'],
  [['Shift', '←↑→↓'], 'move both images'],
  [['w'], 'dragging changes the window, or moves'],
  [['Shift', '1–9'], 'assign a failure pattern, or take it away'],
  [['f'], 'doubt the right answer, or trust it again'],
  [['n'], 'write a note'],
  [['r'], 'reset zoom, place and window'],
  [['u'], 'back to the run'],
  [['?'], 'these keys'],
];
