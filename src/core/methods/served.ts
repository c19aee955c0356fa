import { scoreGd, GD } from './gd.ts';
import type { Method } from './method.ts';
import { PS, scorePs } from './ps.ts';

/*
 * What a server gives in place of what it cannot give exactly. They have names of their own: a choice without numbers is no GD, and an answer that the
 * server's chat template renders in its own way is no PS.
 */

/** The letter that a server writes when both are pushed above every other token by the same amount: GD's choice, without its numbers. */
export const GD_CHOICE: Method = {
  id: 'gd-choice',
  asks: 'letter',
  reads: 'letters',
  insteadOf: GD.id,
  score: scoreGd,
  conditions: GD.conditions,
  judged: false,
  usual: false,
  officialPrompt: null,
  records: [
    {
      id: 'gd-choice',
      label: 'GD, choice only',
      means:
        'Which letter is likelier, by a server that gives no log-probabilities: the choice of GD without its numbers.',
      by: 'pass',
      column: {
        place: 7,
        printed: null,
        note: 'GD, choice only: the server gives no log-probabilities; the letter that it writes when both letters are pushed up equally.',
      },
      official: null,
    },
  ],
};

/** Prefix score of an answer as the server's chat template renders it, whose tokens may be others than those of prompt + option. */
export const PS_CHAT: Method = {
  id: 'ps-chat',
  asks: 'open',
  reads: 'options',
  insteadOf: PS.id,
  score: (reads) => scorePs(reads, false),
  conditions: PS.conditions,
  judged: false,
  usual: false,
  officialPrompt: null,
  records: [
    {
      id: 'ps-chat',
      label: 'PS by chat',
      means:
        'Prefix score of each option as the server’s chat template writes an answer; its tokens may differ from those of PS.',
      by: 'pass',
      column: {
        place: 8,
        printed: null,
        note: 'PS by chat reads each option as the server’s chat template writes an answer, not as the tokens of PS.',
      },
      official: null,
    },
  ],
};
