/** Passes on the wish to stop: it may come before there is a run that can be stopped. */
export interface Control {
  stop(): Promise<void>;
  /** Aborted by the wish to stop. */
  readonly signal: AbortSignal;
  /** What stopping means from now on; done at once when the wish came earlier. */
  onStop(stop: () => Promise<void>): void;
}

export function createControl(): Control {
  const wish = new AbortController();
  let act: (() => Promise<void>) | null = null;
  return {
    stop: async () => {
      wish.abort();
      await act?.();
    },
    signal: wish.signal,
    onStop: (stop) => {
      act = stop;
      if (wish.signal.aborted) void stop();
    },
  };
}
