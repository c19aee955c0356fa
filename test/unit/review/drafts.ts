import { createHash } from 'node:crypto';
import type { Draft } from '../../../src/core/drafting/draft.ts';
import { follow } from '../../../src/core/review/chain.ts';
import type { Body, Change, Kept, Opening, Score } from '../../../src/core/review/events.ts';

export const hash = (text: string): Promise<string> =>
  Promise.resolve(createHash('sha256').update(text, 'utf8').digest('hex'));

/** A valid draft of a made-up pair. */
export function draftOf(n: number, change: Partial<Draft> = {}): Draft {
  const caption = `Chest radiograph ${n}, described in so many words that nobody could call the caption of this image a short one.`;
  return {
    format: 'lookalike-draft/1',
    image_1: `images/${n}.png`,
    image_2: `images/${n + 1}.png`,
    sha256: [String(n).padStart(64, '0'), String(n + 1).padStart(64, '0')],
    captions: [caption, `${caption} Another.`],
    categories: [['Pulmonary'], ['Cardiac']],
    sim_med: 0.95,
    sim_gen: 0.7,
    status: 'valid',
    parsed: {
      question: `Which zone contains nodule ${n}?`,
      option_1: 'Lower zone',
      option_2: 'Upper zone',
      image_1: 'Upper zone',
      image_2: 'Lower zone',
    },
    reason: null,
    warnings: [],
    reply: 'as parsed',
    tries: [],
    writer: { kind: 'hand' },
    prompt: { name: 'A.1', sha256: '0'.repeat(64) },
    settings: { max_tokens: 256, temperature: 0.7, top_p: 0.95 },
    drafted_at: '2026-01-01T00:00:00.000Z',
    ...change,
  };
}

export const good = (score: number): Score => ({ correct: true, relevant: true, language: true, score });

/** A trail of these bodies behind its opening. */
export async function trailOf(changes: readonly Change[], opening: Partial<Opening> = {}): Promise<Kept[]> {
  const first: Opening = {
    kind: 'open',
    reviewer: 'Reader 1',
    role: 'reviewer',
    drafts: '0'.repeat(64),
    thresholds: { least: 5 },
    ...opening,
  };
  const bodies: readonly Body[] = [first, ...changes];
  const events: Kept[] = [];
  for (const [i, body] of bodies.entries()) {
    if (body.kind === 'seal') continue;
    const at = new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString();
    events.push(await follow(events.at(-1) ?? null, body, at, hash));
  }
  return events;
}

export function scored(pair: string, field: 'score-1' | 'score-2', after: Score): Change {
  return { kind: 'change', pair, field, before: null, after };
}
