/** Lets a loop pass, or holds it up until it is opened again. */
export interface Gate {
  readonly closed: boolean;
  close(): void;
  open(): void;
  /** At once while it is open. */
  passed(): Promise<void>;
}

export function createGate(): Gate {
  let held: { readonly until: Promise<void>; readonly go: () => void } | null = null;
  return {
    get closed() {
      return held !== null;
    },
    close: () => {
      if (held) return;
      let go = (): void => undefined;
      const until = new Promise<void>((resolve) => {
        go = resolve;
      });
      held = { until, go };
    },
    open: () => {
      held?.go();
      held = null;
    },
    passed: () => held?.until ?? Promise.resolve(),
  };
}
