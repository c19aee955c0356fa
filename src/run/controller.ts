import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError, toFault, type Fault } from '../core/fault.ts';
import { countGroups, planGroups } from '../core/plan/groups.ts';
import { NO_WORK, type Group } from '../core/plan/types.ts';
import type { RunInfo } from '../core/results/run.ts';
import { recordKey, type ResultRecord } from '../core/scoring/record.ts';
import { certify, type Certified } from './certify.ts';
import { chooseRungs } from './choose.ts';
import { capabilities, wasmThreads } from './device.ts';
import { holdDevice } from './lock.ts';
import { makeRunInfo } from './info.ts';
import { judgeAnswers, openAnswers } from './judging.ts';
import { BUILTIN_JUDGE } from './models.ts';
import { PixelsHost } from './pixels-host.ts';
import type { ResolvedModel, RunPorts } from './ports.ts';
import { addWork, createProgress } from './progress.ts';
import { failedRecords, groupRequest, pairsById, toRecord } from './requests.ts';
import type { RunConfig, RunHandle } from './types.ts';

/** Tries a group gets before its questions are recorded as failed. */
const TRIES = 3;

export interface StartOptions {
  /** Ask again what an earlier attempt recorded as failed. */
  readonly retryFailed?: boolean;
  /** Only these pairs. */
  readonly onlyPairs?: ReadonlySet<string>;
  readonly command?: string;
}

/**
 * Starts or resumes a run: what is already recorded is left out of the plan, so that nothing is lost and nothing is scored twice.
 * @throws FaultError 'not-found' when the benchmark or the model is no longer kept
 */
export async function startRun(ports: RunPorts, config: RunConfig, options: StartOptions = {}): Promise<RunHandle> {
  const benchmark = await ports.benchmark(config.benchmarkId);
  if (!benchmark)
    throw new FaultError(
      fault('not-found', 'The benchmark of this run is no longer kept on this device. Bring it again.'),
    );
  const kept = await ports.records(config.id);
  const done = options.retryFailed ? kept.filter((r) => r.status === 'scored') : kept;
  const all = planGroups(benchmark, config.methods, new Set(done.map(recordKey)), config.limit);
  const groups = options.onlyPairs ? only(all, options.onlyPairs) : all;
  return new Run(ports, config, benchmark, groups, kept, options).handle();
}

function only(groups: readonly Group[], pairs: ReadonlySet<string>): readonly Group[] {
  return groups
    .map((g) => ({ ...g, questions: g.questions.filter((q) => pairs.has(q.pair)) }))
    .filter((g) => g.questions.length > 0);
}

/** A run in progress: owns the engine, the image worker and the device lock until it ends. */
class Run {
  private readonly ports: RunPorts;
  private readonly config: RunConfig;
  private readonly benchmark: Benchmark;
  private readonly groups: readonly Group[];
  private readonly options: StartOptions;
  private readonly progress = createProgress();
  private readonly listeners = new Set<(r: readonly ResultRecord[]) => void>();
  private readonly startedAt = new Date().toISOString();
  private readonly pixels: PixelsHost;
  private stopping = false;
  private paused: { readonly until: Promise<void>; readonly go: () => void } | null = null;
  private seconds = { load: 0, score: 0 };
  /** What an earlier, unfinished part of this run left; its work and seconds count too. */
  private earlier: RunInfo | null = null;

  constructor(
    ports: RunPorts,
    config: RunConfig,
    benchmark: Benchmark,
    groups: readonly Group[],
    kept: readonly ResultRecord[],
    options: StartOptions,
  ) {
    this.ports = ports;
    this.config = config;
    this.benchmark = benchmark;
    this.groups = groups;
    this.options = options;
    this.pixels = new PixelsHost(ports, config.policy);
    const { images, questions } = countGroups(groups);
    const distinct = (records: readonly ResultRecord[]): number =>
      new Set(records.map((r) => `${r.pair}/${r.image}`)).size;
    const open = new Set(groups.flatMap((g) => g.questions.map((q) => `${q.pair}/${q.image}`)));
    const before = kept.filter((r) => !open.has(`${r.pair}/${r.image}`));
    this.progress.plan(questions, images, distinct(before), distinct(before.filter((r) => r.status === 'failed')));
  }

  handle(): RunHandle {
    const finished = this.live();
    return {
      config: this.config,
      benchmark: this.benchmark,
      progress: () => this.progress.now(),
      subscribe: (l) => this.progress.subscribe(l),
      onRecords: (l) => {
        this.listeners.add(l);
        return () => this.listeners.delete(l);
      },
      pause: () => this.pause(),
      resume: () => this.resume(),
      stop: async () => {
        this.stopping = true;
        this.resume();
        await finished;
      },
      finished,
    };
  }

  private pause(): void {
    if (this.paused || this.stopping) return;
    let go = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      go = resolve;
    });
    this.paused = { until, go };
  }

  private resume(): void {
    this.paused?.go();
    this.paused = null;
  }

  /** From the first check to the last record; never rejects. */
  private async live(): Promise<RunInfo> {
    await Promise.resolve(); // listeners subscribe before the first phase
    let certified: Certified | null = null;
    let model: ResolvedModel | null = null;
    let end: { state: RunInfo['state']; fault?: Fault } = { state: 'done' };
    const release = await holdDevice(
      (what) => this.progress.phase({ kind: 'checking', what }),
      () => this.stopping,
    );
    try {
      this.earlier = await this.ports.info(this.config.id);
      model = await this.ports.model(this.config.modelId);
      if (this.groups.length > 0 && !this.stopping) {
        const began = performance.now();
        certified = await this.prepare(model);
        this.seconds.load = (performance.now() - began) / 1000;
        // Kept before the first score: whatever ends this run, its records can be told what made them.
        await this.ports.keepInfo(this.config.id, this.info(model, certified, { state: 'stopped' }));
        await this.scoreAll(certified);
        certified.host.drop('its questions are answered');
        this.seconds.score = (performance.now() - began) / 1000 - this.seconds.load;
      }
      if (!this.stopping) await this.judge();
      if (this.stopping) end = { state: 'stopped' };
    } catch (e) {
      end = { state: 'failed', fault: toFault(e) };
    } finally {
      certified?.host.drop('the run ended');
      this.pixels.end();
      release();
    }
    return this.close(model, certified, end);
  }

  private async prepare(model: ResolvedModel): Promise<Certified> {
    this.progress.phase({ kind: 'checking', what: 'looking at the device' });
    const caps = await capabilities();
    const rungs = chooseRungs(this.config, model, caps);
    if (!rungs.ok) throw new FaultError(rungs.fault);
    const pairs = pairsById(this.benchmark);
    const certified = await certify({
      model,
      rungs: rungs.value,
      threads: wasmThreads(this.config.threads),
      items: firstQuestions(this.groups).map((g) => groupRequest(g, pairs, this.config.promptSet)),
      pixels: (sha, loaded) => this.pixels.prepare(sha, loaded),
      ports: this.ports,
      capabilities: caps,
      allowUncertified: this.config.allowUncertified,
      says: (what) => this.progress.phase({ kind: 'checking', what }),
    });
    if (!certified.ok) throw new FaultError(certified.fault);
    this.progress.count({ ...NO_WORK, imageEncodes: certified.value.imageEncodes });
    this.sayRung(certified.value, rungs.value[0]?.device ?? 'wasm', caps.adapter?.fallback ?? false);
    return certified.value;
  }

  private sayRung({ certificate, loaded }: Certified, firstDevice: string, software: boolean): void {
    const { config } = this;
    if (certificate.overridden)
      this.progress.message(
        'The device failed its check and you chose to run all the same: these numbers are not certified.',
      );
    else if (certificate.rung !== 'as it is' && certificate.device === 'webgpu')
      this.progress.message(
        `The device failed its check as it is and passes with ${certificate.rung}: the run uses that.`,
      );
    if (config.device === 'auto' && certificate.device === 'wasm')
      this.progress.message(
        firstDevice === 'webgpu'
          ? 'WebGPU failed its check, so the run uses WASM.'
          : software
            ? 'The WebGPU adapter is software, so the run uses WASM.'
            : 'There is no WebGPU here, so the run uses WASM.',
      );
    if (config.dtype === 'auto')
      this.progress.message(
        `Weights: ${Object.entries(certificate.dtype)
          .map(([f, d]) => `${f} ${d}`)
          .join(', ')}.`,
      );
    if (loaded.caveat) this.progress.message(loaded.caveat);
  }

  private async scoreAll(certified: Certified): Promise<void> {
    const pairs = pairsById(this.benchmark);
    for (const [i, group] of this.groups.entries()) {
      if (this.paused) {
        this.progress.phase({ kind: 'paused' });
        await this.paused.until;
      }
      if (this.stopping) return;
      this.progress.phase({ kind: 'scoring', what: `image ${i + 1} of ${this.groups.length}` });
      const next = this.groups[i + 1];
      const scored = await this.scoreGroup(certified, group, next);
      const records = scored.ok
        ? scored.outcomes.map((o) => toRecord(o, pairs))
        : failedRecords(group, pairs, scored.fault);
      await this.ports.keepRecords(this.config.id, records);
      for (const l of this.listeners) l(records);
      const failed = new Set(records.filter((r) => r.status === 'failed').map((r) => `${r.pair}/${r.image}`)).size;
      this.progress.finished(group.questions.length, 1, failed, scored.ok ? scored.work : null);
    }
  }

  /** Free answers, of this part of the run and of earlier ones, that no judge has read. */
  private async judge(): Promise<void> {
    const answers = openAnswers(await this.ports.records(this.config.id));
    if (answers.length === 0) return;
    this.progress.phase({ kind: 'loading', what: 'the judge', done: 0, total: 1 });
    await judgeAnswers({
      judge: await this.ports.model(this.config.judgeId ?? BUILTIN_JUDGE),
      benchmark: this.benchmark,
      answers,
      threads: wasmThreads(this.config.threads),
      stopped: () => this.stopping,
      says: (done, total) => this.progress.phase({ kind: 'scoring', what: `judging answer ${done + 1} of ${total}` }),
      keep: async (records) => {
        await this.ports.keepRecords(this.config.id, records);
        for (const l of this.listeners) l(records);
      },
    });
  }

  /** One group, with a fresh worker after each fault that could have come from the device. */
  private async scoreGroup(certified: Certified, group: Group, next: Group | undefined): Promise<ScoredGroup> {
    const request = groupRequest(group, pairsById(this.benchmark), this.config.promptSet);
    let last: Fault = fault('internal', 'The group was not tried.');
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const result = await certified.host.score(request, () => {
        const image = this.pixels.prepare(group.imageSha256, certified.loaded);
        if (next) this.pixels.prefetch(next.imageSha256, certified.loaded);
        return image;
      });
      if (result.ok) return { ok: true, outcomes: result.value.outcomes, work: result.value.work };
      last = result.fault;
      if (FINAL.has(last.code)) break;
      this.progress.message(`A group was tried again after: ${last.message}`);
      certified.host.drop(last.message);
    }
    return { ok: false, fault: last };
  }

  private info(
    model: ResolvedModel | null,
    certified: Certified | null,
    end: { state: RunInfo['state']; fault?: Fault },
  ): RunInfo {
    const { earlier } = this;
    const { load, score } = this.seconds;
    const info = makeRunInfo({
      config: this.config,
      benchmark: this.benchmark,
      model,
      certified,
      startedAt: earlier?.startedAt ?? this.startedAt,
      work: addWork(earlier?.work ?? NO_WORK, this.progress.now().work),
      seconds: { load: (earlier?.seconds.load ?? 0) + load, score: (earlier?.seconds.score ?? 0) + score },
      command: this.options.command ?? null,
      certificate: certified?.certificate ?? earlier?.certificate ?? null,
      ...end,
    });
    if (certified !== null || earlier === null) return info;
    // No device was needed this time (all was done, or it stopped before): what made the records stays said.
    const { device, libraries } = earlier;
    return { ...info, model: { ...info.model, dtype: earlier.model.dtype }, device, libraries };
  }

  private async close(
    model: ResolvedModel | null,
    certified: Certified | null,
    end: { state: RunInfo['state']; fault?: Fault },
  ): Promise<RunInfo> {
    const info = this.info(model, certified, end);
    try {
      await this.ports.keepInfo(this.config.id, info);
    } catch (e) {
      this.progress.message(`The run's summary could not be kept: ${toFault(e).message}`);
    }
    this.progress.phase(
      end.state === 'failed' && end.fault
        ? { kind: 'failed', fault: end.fault }
        : { kind: end.state === 'stopped' ? 'stopped' : 'done' },
    );
    return info;
  }
}

type ScoredGroup =
  | {
      readonly ok: true;
      readonly outcomes: readonly import('../protocol/engine.ts').Outcome[];
      readonly work: import('../core/plan/types.ts').Work;
    }
  | { readonly ok: false; readonly fault: Fault };

/** Faults that another try cannot mend: they lie in the image or the prompt. */
const FINAL: ReadonlySet<string> = new Set(['unreadable', 'bad-prompt', 'bad-model', 'unsupported', 'not-found']);

/** Questions that a certificate may be made with: the first of each of the first groups, under both likelihood methods. */
function firstQuestions(groups: readonly Group[]): readonly Group[] {
  return groups.slice(0, 8).flatMap((group) => {
    const question = group.questions[0];
    return question ? [{ imageSha256: group.imageSha256, questions: [{ ...question, methods: ['gd', 'ps'] }] }] : [];
  });
}
