import { emptyOverlay, type Overlay } from '../core/overlay/overlay.ts';
import type { Benchmark } from '../core/benchmark/types.ts';
import type { Store } from './db.ts';
import { overlay as schema } from './overlay-rows.ts';
import { putSetting, setting } from './settings.ts';

const keyOf = (sha256: string): string => `overlay/${sha256}`;

/** What a person said of a benchmark's pairs; an empty overlay where nothing was. */
export async function overlayOf(store: Store, benchmark: Pick<Benchmark, 'name' | 'sha256'>): Promise<Overlay> {
  return setting(store, keyOf(benchmark.sha256), schema, emptyOverlay(benchmark));
}

export async function putOverlay(store: Store, overlay: Overlay): Promise<void> {
  await putSetting(store, keyOf(overlay.benchmark.sha256), overlay);
}
