import { coarseWeights } from '../certificate/precision.ts';
import { SAME_TOKENS, TIE } from '../methods/likelihood.ts';
import { isPublishedReading } from '../methods/reading.ts';
import { THOUGHT_CUT } from '../methods/thought.ts';
import type { ResultRecord } from '../records/record.ts';
import type { RunInfo } from '../records/run-info.ts';
import { KINDS } from '../servers/kinds.ts';
import type { Summary } from '../statistics/summary.ts';
import { judgeRemarks, quantisedRemark } from './remarks.ts';

export const UNCERTIFIED = 'This run has no passing device certificate: its likelihoods are not proven right.';

/** What the records' notes and the run's certificate say of the numbers. */
export function remarks(records: readonly ResultRecord[], certificate: unknown = null): readonly string[] {
  const count = (note: string): number => records.filter((r) => r.status === 'scored' && r.notes.includes(note)).length;
  const answers = (n: number): string => `${n} ${n === 1 ? 'answer' : 'answers'}`;
  const [ties, same, cut] = [count(TIE), count(SAME_TOKENS), count(THOUGHT_CUT)];
  const coarse = coarseWeights(certificate);
  return [
    ...(coarse === null ? [] : [coarse]),
    ...(ties > 0 ? [`${answers(ties)} tied: both options had the same score, and the method's rule chose.`] : []),
    ...(same > 0
      ? [`${answers(same)} to options that are the same tokens to the model: it cannot tell them apart.`]
      : []),
    ...(cut > 0
      ? [`${answers(cut)} cut inside the model's thought, counted as invalid: allow longer thoughts, or none.`]
      : []),
  ];
}

/** What computed the numbers: this browser's device, or a server with the ways in which it was read. */
function computedBy({ device, server }: RunInfo): string {
  if (!server) return device.kind === 'webgpu' ? 'WebGPU' : device.kind === 'wasm' ? 'WASM' : 'A server';
  const ways = Object.entries(server.ways).map(([method, way]) => `${method} by ${way}`);
  const version = server.version === null ? '' : ` ${server.version}`;
  return `${KINDS[server.kind].label}${version} at ${server.host} (${[...ways, `images ${server.images}`].join('; ')})`;
}

/** What was run and what must be known of it, in sentences. */
export function describe(run: RunInfo, summary: Summary): readonly string[] {
  const dtype = [...new Set(Object.values(run.model.dtype))].join(', ');
  const lines = run.recordedByPerson
    ? [`Answered by ${run.recordedByPerson.name}, a person, one image at a time.`]
    : run.imported
      ? [`Imported from ${run.imported.from}.`]
      : [
          `${computedBy(run)}${dtype === '' ? '' : `, ${dtype}`}, prompts ${run.promptSet.name}, Lookalike ${run.lookalike}.`,
        ];
  if (run.chat && run.chat.thinking !== 'off')
    lines.push(`Thinking ${run.chat.thinking}, up to ${run.chat.thoughtTokens} tokens.`);
  if (run.judge)
    lines.push(
      `Free answers judged by ${run.judge.kind === 'person' ? 'people' : run.judge.kind === 'self' ? 'the model itself' : run.judge.id}.`,
    );
  run.paraphrases?.forEach((p, i) => lines.push(`Paraphrase ${i + 1}: prompts ${p.name}.`));
  if (run.reading && !isPublishedReading(run.reading))
    lines.push(
      `Answers read anew: MC by the ${run.reading.mcParser} parser, FF with a gap of ${run.reading.ffGap} between the judge's scores.`,
    );
  const quantised = quantisedRemark(run);
  if (quantised !== null) lines.push(quantised);
  lines.push(...judgeRemarks(run));
  if (run.state !== 'done') lines.push(`The run ${run.state === 'stopped' ? 'was stopped' : 'failed'} before its end.`);
  if (summary.failed > 0)
    lines.push(
      `${summary.failed} failed: ${summary.failed === 1 ? 'this question is' : 'these questions are'} no wrong answer, and ${summary.failed === 1 ? 'its pair is' : 'their pairs are'} left out.`,
    );
  if (summary.skipped.length > 0)
    lines.push(
      `${summary.skipped.length} of ${summary.pairs} pairs could not run: ${named(summary.skipped.map((s) => s.pair))}.`,
    );
  return lines;
}

function named(ids: readonly string[]): string {
  return ids.length > 10 ? `${ids.slice(0, 10).join(', ')} and ${ids.length - 10} more` : ids.join(', ');
}

/** The numbers of each method, as in the paper's Table 1; best of methods underlined. */
