import type { Benchmark, ImageIndex, Letter } from '../../src/core/benchmark/types.ts';
import { fault, fail, ok, type Fault, type Result } from '../../src/core/fault.ts';
import { fileImage, imageKey } from '../../src/core/images/ref.ts';
import { DEFAULT_PIXEL_POLICY } from '../../src/core/images/types.ts';
import type { JudgeTest } from '../../src/core/methods/judge-test.ts';
import { PUBLISHED_JUDGING } from '../../src/core/methods/judging.ts';
import { methodOf, recordedNames } from '../../src/core/methods/registry.ts';
import type { GroupAsk } from '../../src/core/plan/ask.ts';
import { NO_WORK } from '../../src/core/plan/types.ts';
import type { Outcome } from '../../src/core/records/outcome.ts';
import { recordKey, type ResultRecord } from '../../src/core/records/record.ts';
import type { RunConfig } from '../../src/core/records/run-config.ts';
import type { RunInfo } from '../../src/core/records/run-info.ts';
import type { Engine, GroupAnswer, Loaded, LoadRequest } from '../../src/engines/engine.ts';
import type { TextEngine } from '../../src/engines/text.ts';
import type { JudgeAhead } from '../../src/run/judges.ts';
import type { RunPorts } from '../../src/run/ports.ts';

/** Everything that happened, in order: `load`, `score a`, `keep p1/1/gd ...`, `release`, `end`. */
export type Log = string[];

export interface FakeEngine {
  readonly log: Log;
  /** Faults that the next calls answer with, in order; null: the call succeeds. */
  readonly loads: (Fault | null)[];
  readonly scores: (Fault | null)[];
  /** What the model writes as a free answer or a letter. */
  answer: string;
  text: TextEngine | null;
  /** Images that the trial encodes. */
  trial: readonly string[];
  onScore: ((ask: GroupAsk) => void) | null;
  readonly engine: Engine;
}

/** An engine that computes nothing: it answers each question with A, writes down what it is asked, and fails when told to. */
export function fakeEngine(log: Log = []): FakeEngine {
  const encoded = new Set<string>();
  const fake: FakeEngine = {
    ...{ log, loads: [], scores: [], answer: 'A', text: null, trial: [], onScore: null },
    engine: {
      model: { id: 'fake', revision: null, family: 'fake', files: [] },
      load: (request) => Promise.resolve(load(request)),
      score: (ask) => Promise.resolve(score(ask)),
      render: (ask) =>
        Promise.resolve(
          ok(ask.questions.flatMap((q) => q.methods.map((m) => ({ method: m.base, text: q.question, ids: [1] })))),
        ),
      text: () => fake.text,
      release: (reason) => void log.push(`release: ${reason}`),
      end: () => void log.push('end'),
    },
  };

  function load(request: LoadRequest): Result<Loaded> {
    log.push(`load ${request.trial.length}`);
    request.says({ kind: 'checking', what: 'the device' });
    const broken = fake.loads.shift();
    if (broken) return fail(broken);
    for (const image of fake.trial) encoded.add(image);
    const facts = { dtype: { model: 'fp32' }, device: null, libraries: { fake: '1' }, proof: { passed: true } };
    return ok({ facts, messages: ['It is a fake.'], images: fake.trial.map(fileImage) });
  }

  function score(ask: GroupAsk): Result<GroupAnswer> {
    log.push(`score ${imageKey(ask.image)}`);
    fake.onScore?.(ask);
    const broken = fake.scores.shift();
    if (broken) return fail(broken);
    const fresh = [ask.image, ...ask.shots].map(imageKey).filter((image) => !encoded.has(image));
    for (const image of fresh) encoded.add(image);
    const outcomes = ask.questions.flatMap((q) =>
      q.methods.flatMap((m) =>
        recordedNames(m).map((method) => outcome(q, method, methodOf(m).reads === 'text' ? fake.answer : null)),
      ),
    );
    return ok({ outcomes, work: { ...NO_WORK, imageEncodes: fresh.length, prefills: 1 } });
  }
  return fake;
}

function outcome(q: { pair: string; image: ImageIndex }, method: string, text: string | null): Outcome {
  const option = (p: number) => ({ score: p, sum: p, tokens: [1], tokenLogprobs: [p] });
  const likelihood = { chosen: 'A' as const, options: { A: option(-0.1), B: option(-2) }, mass: 1, margin: 1.9 };
  const none = { chosen: null, options: null, mass: null, margin: null };
  const read = text === null ? likelihood : none;
  return {
    pair: q.pair,
    image: q.image,
    method,
    status: 'scored',
    ...read,
    letterVariants: null,
    text,
    promptTokens: 9,
    notes: [],
  };
}

/** A text model that writes the replies it is given, in order, and then the last one again. */
export function fakeText(replies: readonly (string | Fault)[], log: Log = []): TextEngine {
  let next = 0;
  const certificate = null as never; // a judge's facts carry one; nothing of the run reads it
  return {
    facts: { id: 'judge', sha256: 'f'.repeat(64), dtype: 'fp32', files: [], device: 'wasm', certificate, messages: [] },
    generate: () => {
      const reply = replies[Math.min(next++, replies.length - 1)] ?? '';
      log.push('ask the judge');
      return Promise.resolve(
        typeof reply === 'string' ? ok({ text: reply, tokens: 3, ended: 'model' as const }) : fail(reply),
      );
    },
    likelihoods: ({ texts }) =>
      Promise.resolve(ok(texts.map((_, i) => ({ score: -1 - i, sum: -1 - i, tokens: [1], tokenLogprobs: [-1 - i] })))),
    end: () => void log.push('end the judge'),
  };
}

/** A text model that is found, and loaded when it is wanted. */
export function fakeJudge(text: TextEngine): JudgeAhead {
  return { open: () => Promise.resolve(ok(text)) };
}

/** Pairs p1, p2, ... of two images each; the images are named by `images`, two a pair. */
export function fakeBenchmark(images: readonly string[]): Benchmark {
  const image = (sha256: string, right: Letter) => ({
    path: sha256,
    local: sha256,
    categories: [],
    right,
    caption: null,
    sha256,
  });
  const pairs = Array.from({ length: images.length / 2 }, (_, i) => ({
    id: `p${i + 1}`,
    question: `Question ${i + 1}?`,
    options: { A: 'yes', B: 'no' },
    images: [image(images[2 * i] ?? '', 'A'), image(images[2 * i + 1] ?? '', 'B')] as const,
    extra: {},
  }));
  return { name: 'fake', sha256: 'fake', pairs, skipped: [], problems: [] };
}

export function fakeConfig(change: Partial<RunConfig> = {}): RunConfig {
  return {
    id: 'run',
    createdAt: '2026-01-01T00:00:00.000Z',
    benchmarkId: 'fake',
    benchmarkName: 'fake',
    modelId: 'fake',
    methods: ['gd'],
    promptSet: { name: 'set', system: null, prompts: { letter: '{q}', open: '{q}' } },
    promptSetSha256: '',
    device: 'auto',
    dtype: 'auto',
    threads: 1,
    limit: null,
    policy: DEFAULT_PIXEL_POLICY,
    allowUncertified: false,
    judging: { ...PUBLISHED_JUDGING, selfTest: 0 },
    ...change,
  };
}

export interface FakePorts extends RunPorts {
  readonly kept: Map<string, ResultRecord>;
  readonly tests: Map<string, JudgeTest>;
  infos: RunInfo[];
  earlier: RunInfo | null;
}

/** Ports in memory. `judge`: the text model that judges; null: there is none. */
export function fakePorts(benchmark: Benchmark | null, fake: FakeEngine, judge: TextEngine | null = null): FakePorts {
  const kept = new Map<string, ResultRecord>();
  const tests = new Map<string, JudgeTest>();
  const ports: FakePorts = {
    ...{ kept, tests, infos: [], earlier: null, browser: 'Node' },
    benchmark: () => Promise.resolve(benchmark),
    records: () => Promise.resolve([...kept.values()]),
    keepRecords: (_run, records) => {
      fake.log.push(`keep ${records.map((r) => `${recordKey(r)}`).join(' ')}`);
      for (const r of records) kept.set(recordKey(r), r);
      return Promise.resolve();
    },
    keepInfo: (_run, info) => {
      ports.infos.push(info);
      return Promise.resolve();
    },
    info: () => Promise.resolve(ports.earlier),
    engine: () => Promise.resolve(fake.engine),
    judge: () => (judge ? Promise.resolve(fakeJudge(judge)) : Promise.reject(new Error('No judge.'))),
    judgeTest: (key) => Promise.resolve(tests.get(key) ?? null),
    keepJudgeTest: (key, test) => {
      tests.set(key, test);
      return Promise.resolve();
    },
  };
  return ports;
}

export const LOST = fault('worker-died', 'The worker died.');
export const UNREADABLE = fault('unreadable', 'The image cannot be read.');
