import { registerApp } from '../../sw/register.ts';

/** A newer version of the page: kept beside this one and announced, never forced in the middle of a run. */
function createUpdates() {
  let apply = $state.raw<(() => Promise<void>) | null>(null);
  let offline = $state(false);
  void registerApp({
    onUpdate: (take) => (apply = take),
    onOfflineReady: () => (offline = true),
  });
  return {
    /** Takes the new version and reloads the page; null when there is none. */
    get apply() {
      return apply;
    },
    /** The page starts without a network from now on. */
    get offline() {
      return offline;
    },
  };
}

export const updates = createUpdates();
