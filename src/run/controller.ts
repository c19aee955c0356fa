import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError, toFault, type Fault } from '../core/fault.ts';
import { countGroups, planGroups } from '../core/plan/groups.ts';
import { NO_WORK, type Group } from '../core/plan/types.ts';
import type { JudgeInfo, RunInfo } from '../core/results/run.ts';
import { recordKey, type ResultRecord } from '../core/scoring/record.ts';
import { certify, type Certified } from './certify.ts';
import { chooseRungs } from './choose.ts';
import { capabilities, wasmThreads } from './device.ts';
import { featureKey } from './features.ts';
import { holdDevice } from './lock.ts';
import { continuedInfo } from './info.ts';
import { judgePhase, judgesItself } from './judge-phase.ts';
import { SELF_JUDGE, selfJudge, type Judge } from './judges.ts';
import { PixelsHost } from './pixels-host.ts';
import type { ResolvedModel, RunPorts } from './ports.ts';
import { createGate } from './gate.ts';
import { createProgress } from './progress.ts';
import { groupRequest, pairsById } from './requests.ts';
import { rungMessages } from './messages.ts';
import { scoreGroup } from './scorer.ts';
import type { RunConfig, RunHandle } from './types.ts';

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
  private readonly gate = createGate();
  private seconds = { load: 0, score: 0 };
  private judged: JudgeInfo | null = null;
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
      pause: () => {
        if (!this.stopping) this.gate.close();
      },
      resume: () => this.gate.open(),
      stop: async () => {
        this.stopping = true;
        this.gate.open();
        await finished;
      },
      finished,
    };
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
      if ((this.groups.length > 0 || (await judgesItself(this.config, this.ports))) && !this.stopping) {
        const began = performance.now();
        certified = await this.prepare(model);
        await model.checked;
        this.seconds.load = (performance.now() - began) / 1000;
        // Kept before the first score: whatever ends this run, its records can be told what made them.
        await this.ports.keepInfo(this.config.id, this.info(model, certified, { state: 'stopped' }));
        await this.scoreAll(certified, model);
        if (this.config.judgeId === SELF_JUDGE) await this.judge(selfJudge(certified.host, model));
        certified.host.drop('its questions are answered');
        this.seconds.score = (performance.now() - began) / 1000 - this.seconds.load;
      }
      await this.judge(null);
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
      // A run that only judges any more is checked with questions that it asked before.
      items: firstQuestions(this.groups.length > 0 ? this.groups : this.allGroups()).map((g) =>
        groupRequest(g, pairs, this.config),
      ),
      pixels: (sha, loaded) => this.pixels.prepare(sha, loaded),
      kept: (sha, rung) =>
        this.config.keepFeatures === true
          ? this.ports.feature(featureKey(model, rung, this.config.policy, sha))
          : Promise.resolve(null),
      ports: this.ports,
      capabilities: caps,
      allowUncertified: this.config.allowUncertified,
      says: (what) => this.progress.phase({ kind: 'checking', what }),
    });
    if (!certified.ok) throw new FaultError(certified.fault);
    this.progress.count({ ...NO_WORK, imageEncodes: certified.value.imageEncodes });
    const first = rungs.value[0]?.device ?? 'wasm';
    for (const text of rungMessages(this.config, certified.value, first, caps)) this.progress.message(text);
    return certified.value;
  }

  private async scoreAll(certified: Certified, model: ResolvedModel): Promise<void> {
    const { config, benchmark, pixels, ports } = this;
    const parts = {
      config,
      benchmark,
      model,
      certified,
      pixels,
      ports,
      says: (text: string) => this.progress.message(text),
    };
    for (const [i, group] of this.groups.entries()) {
      if (this.gate.closed) this.progress.phase({ kind: 'paused' });
      await this.gate.passed();
      if (this.stopping) return;
      this.progress.phase({ kind: 'scoring', what: `image ${i + 1} of ${this.groups.length}` });
      const { records, work } = await scoreGroup(parts, group, this.groups[i + 1]);
      await this.ports.keepRecords(config.id, records);
      for (const l of this.listeners) l(records);
      const failed = new Set(records.filter((r) => r.status === 'failed').map((r) => `${r.pair}/${r.image}`)).size;
      this.progress.finished(group.questions.length, 1, failed, work);
    }
  }

  private allGroups(): readonly Group[] {
    return planGroups(this.benchmark, this.config.methods, new Set(), this.config.limit);
  }

  /** Has the free answers read that no judge has read. `self`: the model under test, where it is at hand and judges itself. */
  private async judge(self: Judge | null): Promise<void> {
    const judged = await judgePhase({
      ...{ config: this.config, benchmark: this.benchmark, ports: this.ports, self },
      stopped: () => this.stopping,
      phase: (phase) => this.progress.phase(phase),
      tell: (records) => {
        for (const l of this.listeners) l(records);
      },
    });
    this.judged = judged ?? this.judged;
  }

  private info(
    model: ResolvedModel | null,
    certified: Certified | null,
    end: { state: RunInfo['state']; fault?: Fault },
  ): RunInfo {
    return continuedInfo(this.earlier, {
      config: this.config,
      benchmark: this.benchmark,
      model,
      certified,
      startedAt: this.startedAt,
      work: this.progress.now().work,
      seconds: this.seconds,
      command: this.options.command ?? null,
      certificate: certified?.certificate ?? null,
      judge: this.judged,
      ...end,
    });
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

/** Questions that a certificate may be made with: the first of each of the first groups, under both likelihood methods. */
function firstQuestions(groups: readonly Group[]): readonly Group[] {
  return groups.slice(0, 8).flatMap((group) => {
    const question = group.questions[0];
    return question ? [{ imageSha256: group.imageSha256, questions: [{ ...question, methods: ['gd', 'ps'] }] }] : [];
  });
}
