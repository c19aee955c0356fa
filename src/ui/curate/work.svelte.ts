import type { Fault } from '../../core/fault.ts';
import { problemOf } from '../kit/problem.svelte.ts';

interface Doing {
  readonly what: string;
  /** 0 of 0 where nothing can be counted. */
  readonly done: number;
  readonly total: number;
  readonly secondsLeft: number | null;
}

/** How it goes: the one thing that the page of pair discovery does at a time, how far it is, and what kept the last from its end. */
export class Work {
  doing = $state.raw<Doing | null>(null);
  problem = $state.raw<{ readonly title: string; readonly fault: Fault } | null>(null);
  private abort: AbortController | null = null;

  /** Does something unless something is done already. @param title what became of it where it fails */
  async run(title: string, task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.doing) return;
    this.say('Starting', 0, 0);
    this.problem = null;
    const { signal } = (this.abort = new AbortController());
    const fault = await problemOf(() => task(signal));
    if (fault) this.fail(title, fault);
    this.doing = null;
  }

  say(what: string, done: number, total: number, secondsLeft: number | null = null): void {
    this.doing = { what, done, total, secondsLeft };
  }

  fail(title: string, fault: Fault): void {
    this.problem = { title, fault };
  }

  stop(): void {
    this.abort?.abort();
  }
}
