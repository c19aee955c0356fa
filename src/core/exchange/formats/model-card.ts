import { methodName } from '../../methods/labels.ts';
import type { RunInfo } from '../../records/run-info.ts';
import type { MethodSummary } from '../../statistics/summary.ts';
import type { DerivedRun } from '../derived.ts';
import type { ResultText } from '../results-folder.ts';

const METRICS = [
  ['set', 'Set accuracy'],
  ['individual', 'Individual accuracy'],
  ['confusion', 'Confusion'],
] as const;

/**
 * The block of metrics for the head of a model card on the Hugging Face hub (model-index), percentages as in the tables. Methods of which no pair is scored
 * have no place in it.
 */
export function modelCard(derived: DerivedRun): ResultText {
  const { run, summary } = derived;
  const metrics = Object.entries(summary.methods).flatMap(([name, m]) => metricLines(name, m, summary.pairs));
  const { benchmark, model } = run;
  const text = [
    '---',
    'model-index:',
    `- name: ${yaml(model.id.split(/[\\/]/).at(-1) || model.id)}`,
    '  results:',
    '  - task:',
    '      type: visual-question-answering',
    '      name: Visual Question Answering',
    '    dataset:',
    `      type: ${yaml(benchmark.name)}`,
    `      name: ${yaml(`${benchmark.name} (${benchmark.sha256.slice(0, 8)})`)}`,
    `    metrics:${metrics.length === 0 ? ' []' : ''}`,
    ...metrics,
    '    source:',
    `      name: ${yaml(`Lookalike ${run.lookalike}`)}`,
    `      url: ${yaml('https://arxiv.org/abs/2409.15477')}`,
    '---',
    '',
  ];
  return { path: 'model-card.md', text: [...text, ...sentence(run)].join('\n') };
}

function metricLines(name: string, m: MethodSummary, pairs: number): readonly string[] {
  if (m.counts.pairs === 0) return [];
  return METRICS.flatMap(([key, words]) => [
    `    - type: ${yaml(`${key === 'confusion' ? key : `${key}_accuracy`}`)}`,
    `      value: ${m[key].toFixed(2)}`,
    `      name: ${yaml(`${words}, %, ${methodName(name)} (${m.counts.pairs} of ${pairs} pairs)`)}`,
  ]);
}

function sentence({ promptSet, device, model }: RunInfo): readonly string[] {
  const dtype = [...new Set(Object.values(model.dtype))].join(', ');
  const made = dtype === '' ? '' : ` in ${dtype} on ${device.kind === 'webgpu' ? 'WebGPU' : 'WASM'}`;
  return [`Pairs of look-alike radiology images, prompts ${promptSet.name}${made}. Research use, not diagnosis.`, ''];
}

/** A YAML scalar: JSON's strings are among YAML's. */
function yaml(text: string): string {
  return JSON.stringify(text);
}
