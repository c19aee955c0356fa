import { PROBE_KINDS } from './conditions.ts';
import type { Letter } from '../benchmark/types.ts';
import { recordKey, type OptionScore, type ResultRecord, type ScoredRecord } from '../records/record.ts';
import type { LikelihoodOutcome, OptionReads } from './likelihood.ts';
import type { Method } from './method.ts';
import { nameOf } from './names.ts';

/**
 * PS: mean over the option's tokens of log p(t_j | image, question, t_<j); `official` reads every token at the first answer position, as the
 * published code does (its gather uses the wrong dimension; docs/scoring.md). Tie -> B (strict >).
 */
export function scorePs(reads: Readonly<Record<Letter, OptionReads>>, official: boolean): LikelihoodOutcome {
  const option = (r: OptionReads): OptionScore => {
    const tokenLogprobs = official ? r.firstLogprobs : r.tokenLogprobs;
    const sum = tokenLogprobs.reduce((a, b) => a + b, 0);
    return { score: sum / tokenLogprobs.length, sum, tokens: r.tokens, tokenLogprobs };
  };
  const options = { A: option(reads.A), B: option(reads.B) };
  const chosen = options.A.score > options.B.score ? 'A' : 'B';
  return {
    chosen,
    options,
    mass: null,
    margin: Math.abs(options.A.score - options.B.score),
    letterVariants: null,
    notes: [],
  };
}

/** PS with what the text alone makes likely taken off (pointwise mutual information); a method of its own in the tables. */
const PMI_METHOD = 'ps-pmi';
const PLAIN_PS = 'ps';
const TEXT_ONLY = nameOf({ base: PLAIN_PS, condition: { kind: 'no-image' } });

/**
 * Records of `ps` with `pmi` in each option: its score minus its score without the image (`ps+no-image`). Where that was not run, or failed, a record
 * stays as it is.
 */
export function withPmi(records: readonly ResultRecord[]): readonly ResultRecord[] {
  if (!records.some((r) => r.method === TEXT_ONLY)) return records;
  const index = new Map(records.map((r) => [recordKey(r), r]));
  return records.map((r) => {
    if (r.method !== PLAIN_PS || r.status !== 'scored' || r.options === null) return r;
    const blind = index.get(recordKey({ pair: r.pair, image: r.image, method: TEXT_ONLY }));
    if (blind?.status !== 'scored' || blind.options === null) return r;
    const { A, B } = blind.options;
    const add = (o: OptionScore, text: OptionScore): OptionScore => ({ ...o, pmi: o.score - text.score });
    return { ...r, options: { A: add(r.options.A, A), B: add(r.options.B, B) } };
  });
}

/** The choices that PMI makes: one `ps-pmi` record for each `ps` record that has it. Tie -> B, as PS. */
export function pmiRecords(records: readonly ResultRecord[]): readonly ScoredRecord[] {
  return records.flatMap((r) => {
    if (r.method !== PLAIN_PS || r.status !== 'scored' || r.options === null) return [];
    const { A, B } = r.options;
    if (A.pmi === undefined || B.pmi === undefined) return [];
    const chosen: Letter = A.pmi > B.pmi ? 'A' : 'B';
    const options = { A: { ...A, score: A.pmi }, B: { ...B, score: B.pmi } };
    return [
      { ...r, method: PMI_METHOD, chosen, correct: chosen === r.right, options, margin: Math.abs(A.pmi - B.pmi) },
    ];
  });
}

/** Prefix score: the likelier option, as the published code computes it and with every token read at its own position. */
export const PS: Method = {
  id: 'ps',
  asks: 'open',
  reads: 'options',
  score: (reads, record) => scorePs(reads, record === 'ps-official'),
  // An option's likelihood does not depend on its letter: there is nothing to exchange.
  conditions: ['no-image', 'blank-image', 'paraphrase', ...PROBE_KINDS],
  judged: false,
  usual: true,
  officialPrompt: 'prefix',
  records: [
    {
      id: 'ps',
      label: 'PS',
      means: 'Prefix score: which option’s text is likelier as the answer, by the mean log p of its tokens.',
      by: 'pass',
      column: {
        place: 5,
        printed: null,
        note: 'PS as published reads every token at the first answer position, as the published code does; PS reads each at its own.',
      },
      official: null,
    },
    {
      id: 'ps-official',
      label: 'PS as published',
      means:
        'Prefix score as the published code computes it: every token is read at the first answer position. This one compares with the paper.',
      by: 'pass',
      plainOnly: true,
      column: { place: 4, printed: 'PS' },
      official: { mode: 'prefix', answer: 'letter' },
    },
    {
      id: PMI_METHOD,
      label: 'PS less text only (PMI)',
      means:
        'PS less what the text alone makes likely: each option’s score minus its score without the image (pointwise mutual information).',
      by: 'derived',
      plainOnly: true,
      column: null,
      official: null,
    },
  ],
  derive: (all) => {
    const records = withPmi(all);
    return { records, derived: pmiRecords(records) };
  },
};
