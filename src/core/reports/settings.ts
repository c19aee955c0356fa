import { isObject } from '../json.ts';
import { entriesText } from '../records/same-run.ts';
import type { RunInfo } from '../records/run-info.ts';
import { dtypeText, judgeText } from './differences.ts';
import { cell, type Grid } from './grid.ts';
import { isPublishedReading } from '../methods/reading.ts';

type Fact = readonly [string, string];

/** Everything that a run's numbers depend on, as run.json has it: names and values in words. */
export function settingsGrid(info: RunInfo): Grid {
  const facts = info.imported ? importedFacts(info) : ownFacts(info);
  return {
    caption: 'Settings',
    groups: null,
    columns: ['Setting', 'Value'],
    rows: facts.filter(([, value]) => value !== '').map((fact) => fact.map((t) => cell(t))),
    notes: [],
  };
}

function benchmarkFact({ benchmark: b }: RunInfo): Fact {
  return ['Benchmark', `${b.name}: ${b.pairs} pairs, ${b.questions} questions, ${b.images} images`];
}

function importedFacts(info: RunInfo): readonly Fact[] {
  return [
    ['Model', info.model.id],
    benchmarkFact(info),
    ['Imported from', `${info.imported?.from ?? ''} (${info.imported?.format ?? ''})`],
    ['Judge', judgeText(info)],
    ['Answers read', readingText(info)],
    ['Lookalike', `${info.lookalike}, scoring version ${info.scoringVersion}`],
  ];
}

function ownFacts(info: RunInfo): readonly Fact[] {
  const { model, device, chat, work, seconds } = info;
  const status = model.familyStatus === undefined ? '' : ` (${model.familyStatus})`;
  return [
    ['Model', `${model.id}${model.revision === null ? '' : ` @ ${model.revision}`}, family ${model.family}${status}`],
    ['Number format', dtypeText(model.dtype)],
    benchmarkFact(info),
    ['Methods', info.methods.join(', ')],
    ['Prompts', info.promptSet.name],
    ...Object.entries(info.promptSet.prompts).map(([name, text]): Fact => [`Prompt, ${name}`, text]),
    ...(info.paraphrases ?? []).map((p, i): Fact => [`Paraphrase ${i + 1}`, p.name]),
    ['Thinking', chat ? `${chat.thinking}, up to ${chat.thoughtTokens} tokens; date told: ${chat.date}` : ''],
    ['Judge', judgeText(info)],
    ['Answers read', readingText(info)],
    [
      'Device',
      `${device.kind === 'webgpu' ? 'WebGPU' : `WASM, ${device.threads} threads`}; ${entriesText(device.adapter ?? {}) || 'no adapter'}; ${device.browser}`,
    ],
    ['Pixels', entriesText({ ...info.pixels })],
    ['Libraries', entriesText(info.libraries)],
    ['Lookalike', `${info.lookalike}, scoring version ${info.scoringVersion}`],
    [
      'Work',
      `${work.imageEncodes} image encodes, ${work.prefills} prefills of ${work.prefillTokens} tokens, ${work.suffixes} suffixes of ${work.suffixTokens} tokens`,
    ],
    ['Time', `${seconds.load.toFixed(1)} s to load and check, ${seconds.score.toFixed(1)} s to score`],
    ['Run', `${info.startedAt} to ${info.finishedAt ?? '-'}, ${info.state}`],
  ];
}

function readingText({ reading }: RunInfo): string {
  if (!reading || isPublishedReading(reading)) return 'as published';
  return `MC by the ${reading.mcParser} parser, FF with a gap of ${reading.ffGap}`;
}

/** SHA-256 of everything that went in. */
export function hashesGrid(info: RunInfo): Grid {
  const rows: readonly Fact[] = [
    ['Benchmark', info.benchmark.sha256],
    ['Prompts', info.promptSet.sha256],
    ...Object.entries(info.promptSet.shotImages ?? {}).map(([name, sha]): Fact => [`Example ${name}`, sha]),
    ...(info.paraphrases ?? []).map((p): Fact => [`Paraphrase ${p.name}`, p.sha256]),
    ...info.model.files.map((f): Fact => [f.path, f.sha256]),
    ...(info.judge && info.judge.kind !== 'person' ? info.judge.files : []).map((f): Fact => [
      `Judge: ${f.path}`,
      f.sha256,
    ]),
  ];
  return {
    ...{ caption: 'SHA-256', groups: null, columns: ['Of', 'Hash'] },
    rows: rows.filter(([, sha]) => sha !== '').map((fact) => fact.map((t) => cell(t))),
    notes: [],
  };
}

/** What the certificate of a run says, in a sentence. */
export function certificateSentence(info: RunInfo): string {
  if (info.imported) return 'Imported answers: no device of this program was used, so there is nothing to certify.';
  const c = info.certificate;
  if (!isObject(c)) return 'This run has no device certificate: its likelihoods are not proven right.';
  const [rung, at] = [textOf(c['rung']), textOf(c['issuedAt'])];
  const where = `${rung === '' ? '' : ` (${rung})`}${at === '' ? '' : `, ${at}`}`;
  if (c['passed'] === true && c['overridden'] !== true) return `The device passed its check with this model${where}.`;
  return `The device failed its check${where}, and the run was made all the same. Do not compare or publish these numbers.`;
}

/** The checks of a certificate; null where there is none. */
export function certificateGrid(info: RunInfo): Grid | null {
  const c = info.certificate;
  const checks = isObject(c) && Array.isArray(c['checks']) ? c['checks'].filter(isObject) : [];
  if (checks.length === 0) return null;
  const number = (x: unknown): string => (typeof x === 'number' ? x.toExponential(1) : '-');
  return {
    caption: 'Checks of the device',
    groups: null,
    columns: ['Check', 'Compared', 'Largest error', 'Limit', 'Passed'],
    rows: checks.map((k) =>
      [
        textOf(k['name']),
        textOf(k['detail']),
        number(k['error']),
        number(k['limit']),
        k['passed'] === true ? 'yes' : 'no',
      ].map((t) => cell(t)),
    ),
    notes: [],
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
