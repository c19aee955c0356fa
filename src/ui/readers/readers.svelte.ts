/* eslint-disable svelte/prefer-svelte-reactivity -- dates, sets and maps here are plain values that are replaced whole */
import type { Benchmark, Letter, Pair } from '../../core/benchmark/types.ts';
import { due, personRecords, personRunInfo, type Session } from '../../core/readers/session.ts';
import { toFault, type Fault } from '../../core/fault.ts';
import { VERSION } from '../../core/version.ts';
import { listSessions, putSession } from '../../store/readers.ts';
import { saveImportedRun } from '../../store/runs.ts';
import { library } from '../shared/library.svelte.ts';

/** Questions that take longer were left alone: the clock stops there. */
const LONGEST_MS = 10 * 60_000;

/** A person taking one benchmark: every answer is kept before the next question is shown. */
export class Taking {
  sessions = $state.raw<readonly Session[]>([]);
  session = $state.raw<Session | null>(null);
  problem = $state.raw<Fault | null>(null);
  /** What the last answer was, where that is told at once. */
  told = $state.raw<{ readonly right: boolean; readonly answer: string } | null>(null);
  paused = $state(false);
  private readonly id: string;
  private readonly benchmark: Benchmark;
  private since = performance.now();
  private before = 0;
  private busy = false;

  constructor(id: string, benchmark: Benchmark) {
    this.id = id;
    this.benchmark = benchmark;
  }

  readonly asked = $derived.by(() => (this.session ? due(this.benchmark, this.session) : null));
  get pair(): Pair | null {
    return this.benchmark.pairs.find((p) => p.id === this.asked?.pair) ?? null;
  }
  get total(): number {
    return this.benchmark.pairs.length * 2;
  }

  async refresh(): Promise<void> {
    await this.guarded(async () => {
      this.sessions = (await listSessions(await library.opened())).filter(
        (s) => s.benchmarkId === this.id && s.run === null,
      );
    });
  }

  async begin(name: string, feedback: Session['feedback']): Promise<void> {
    await this.guarded(async () => {
      const session: Session = {
        ...{ id: crypto.randomUUID(), benchmarkId: this.id, name, feedback, answers: [], run: null },
        seed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
        startedAt: new Date().toISOString(),
      };
      await putSession(await library.opened(), session);
      this.goOn(session);
    });
  }

  goOn(session: Session): void {
    this.session = session;
    this.restart();
  }

  pause(): void {
    this.before += performance.now() - this.since;
    this.paused = true;
  }
  unpause(): void {
    this.since = performance.now();
    this.paused = false;
  }

  async choose(chosen: Letter): Promise<void> {
    const { session, asked, pair } = this;
    if (!session || !asked || !pair || this.busy || this.paused) return;
    this.busy = true;
    await this.guarded(async () => {
      const ms = Math.round(Math.min(LONGEST_MS, this.before + performance.now() - this.since));
      const next = { ...session, answers: [...session.answers, { ...asked, chosen, ms }] };
      await putSession(await library.opened(), next);
      const { right } = pair.images[asked.image === 1 ? 0 : 1];
      this.told = session.feedback === 'at-once' ? { right: right === chosen, answer: pair.options[right] } : null;
      this.session = next;
      this.restart();
      if (due(this.benchmark, next) === null) await this.finish(next);
    });
    this.busy = false;
  }

  private restart(): void {
    this.before = 0;
    this.since = performance.now();
    this.paused = false;
  }

  /** The session becomes a run among the models'. */
  private async finish(session: Session): Promise<void> {
    const store = await library.opened();
    const run = crypto.randomUUID();
    const facts = { lookalike: VERSION, at: new Date().toISOString(), browser: navigator.userAgent };
    const info = personRunInfo(this.benchmark, session, facts);
    await saveImportedRun(store, run, info, personRecords(this.benchmark, session.answers), this.id);
    const done = { ...session, run };
    await putSession(store, done);
    this.session = done;
    await library.refresh.runs();
  }

  private async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (e) {
      this.problem = toFault(e);
    }
  }
}
