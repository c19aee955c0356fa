import { describe, expect, it } from 'vitest';
import { readReply } from '../../../src/core/drafting/parse.ts';
import replies from './replies.json';

describe('a reply to the published prompt', () => {
  it.each(replies)('$name', ({ reply, kind, way, question, options, answers, reason }) => {
    const read = readReply(reply);
    if (kind === 'draft') expect(read).toEqual({ kind, way, question, options, answers: answers?.map((n) => n - 1) });
    else if (kind === 'none') expect(read).toEqual({ kind });
    else expect(read).toMatchObject({ kind, reason });
  });

  it('is refused with a sentence that says why', () => {
    for (const { reply } of replies) {
      const read = readReply(reply);
      if ('message' in read) expect(read.message).toMatch(/^[A-Z].*\.$/s);
    }
  });
});
