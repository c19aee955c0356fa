import { SKIP_WAITING } from './contract.ts';

export interface AppEvents {
  /** A new version is kept and waits. `apply` takes it and reloads the page; call it only when the user says so and nothing runs. */
  onUpdate?(apply: () => Promise<void>): void;
  /** The app is kept whole and starts without a network from now on. */
  onOfflineReady?(): void;
}

const RELOADED = 'lookalike-reloaded-for-isolation';
/** ms after loading. The first visit's own work goes first: keeping the app takes bandwidth and a core. */
const SETTLE_MS = 5000;

/**
 * Registers the service worker of a built site. On a host that does not send the isolation headers the page reloads once, as soon as the
 * worker can supply them.
 */
export async function registerApp(
  events: AppEvents = {},
  settleMs = SETTLE_MS,
): Promise<ServiceWorkerRegistration | null> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return null;
  if (crossOriginIsolated) await settled(settleMs);
  const registration = await navigator.serviceWorker.register('./sw.js', { updateViaCache: 'none' }).catch(() => null);
  if (!registration) return null; // private browsing, or no room: the page works, but not without a network
  watch(registration, events);
  if (!crossOriginIsolated) void isolate();
  return registration;
}

/** The registration once it is active, started at once if need be; null where service workers are refused. */
export async function appReady(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator)) return null;
  const registered = await navigator.serviceWorker.register('./sw.js', { updateViaCache: 'none' }).catch(() => null);
  return registered ? navigator.serviceWorker.ready : null;
}

async function settled(ms: number): Promise<void> {
  if (document.readyState !== 'complete')
    await new Promise((resolve) => window.addEventListener('load', resolve, { once: true }));
  await new Promise((resolve) => setTimeout(resolve, ms));
}

function watch(registration: ServiceWorkerRegistration, events: AppEvents): void {
  const announce = (worker: ServiceWorker): void => {
    events.onUpdate?.(async () => {
      const taken = new Promise((resolve) =>
        navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      );
      worker.postMessage(SKIP_WAITING);
      await taken;
      location.reload();
    });
  };
  const follow = (worker: ServiceWorker | null): void => {
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && navigator.serviceWorker.controller) announce(worker);
      if (worker.state === 'activated') events.onOfflineReady?.();
    });
  };
  if (registration.waiting && navigator.serviceWorker.controller) announce(registration.waiting);
  if (registration.active) events.onOfflineReady?.();
  follow(registration.installing);
  registration.addEventListener('updatefound', () => follow(registration.installing));
}

async function isolate(): Promise<void> {
  await navigator.serviceWorker.ready;
  if (sessionStorage.getItem(RELOADED) !== null) return; // once: a browser that cannot isolate must not loop
  sessionStorage.setItem(RELOADED, 'yes');
  location.reload();
}
