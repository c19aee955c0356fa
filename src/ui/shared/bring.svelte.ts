import { questionFileWords } from '../../core/benchmark/formats/registry.ts';
import { fault, toFault, type Fault } from '../../core/fault.ts';
import type { Progress } from '../../store/models.ts';
import { bringModelFiles } from './bring-model.ts';
import { kindOf, type Folder } from '../../files/source.ts';
import { unzipped, zipOf } from '../../files/zip.ts';
import { bringBenchmark } from './benchmarks.svelte.ts';
import { library } from './library.svelte.ts';

/** What became of a folder that was brought. */
export type Brought =
  | { readonly kind: 'model'; readonly id: string; readonly name: string }
  | { readonly kind: 'benchmark'; readonly id: string; readonly name: string };

/** Folders on their way into the store; one at a time. */
function createBring() {
  let doing = $state.raw<{ readonly what: string; readonly done: number; readonly total: number } | null>(null);
  let problem = $state.raw<{ readonly title: string; readonly fault: Fault } | null>(null);
  let brought = $state.raw<readonly Brought[]>([]);
  let abort: AbortController | null = null;
  /** Folders that come while others are read wait for them. */
  let waiting: readonly Folder[] = [];
  let busy = false;

  async function bringModel(folder: Folder, zipped: boolean, signal: AbortSignal): Promise<void> {
    const onProgress = (p: Progress): void => {
      doing = { what: `Keeping the model ${folder.name}: ${p.path}`, done: p.done, total: p.total };
    };
    doing = { what: `Reading the model ${folder.name}`, done: 0, total: 0 };
    const kept = await bringModelFiles(folder, zipped, { onProgress, signal });
    await library.refresh.models();
    brought = [...brought, { kind: 'model', id: kept.id, name: kept.name }];
  }

  async function bringOne(given: Folder, signal: AbortSignal): Promise<void> {
    const zip = zipOf(given);
    if (zip) doing = { what: `Unpacking ${zip.path}`, done: 0, total: 0 };
    const folder = await unzipped(given);
    const kind = kindOf(folder);
    if (kind === 'model' || kind === 'both') await bringModel(folder, folder !== given, signal);
    if (kind === 'benchmark' || kind === 'both') {
      const says = (what: string, done: number, total: number): void => {
        doing = { what, done, total };
      };
      says(`Reading the benchmark ${folder.name}`, 0, 0);
      const kept = await bringBenchmark(folder, says, signal);
      brought = [...brought, { kind: 'benchmark', id: kept.id, name: kept.benchmark.name }];
    }
    if (kind === 'unknown') problem = { title: `${folder.name} was not taken`, fault: unknownKind() };
  }

  function next(): Folder | undefined {
    const [first, ...others] = waiting;
    waiting = others;
    return first;
  }

  return {
    get doing() {
      return doing;
    },
    get problem() {
      return problem;
    },
    get brought() {
      return brought;
    },
    /** Keeps each folder, whatever it is; what is wrong with one is said and the others go on. */
    async folders(folders: readonly Folder[]): Promise<void> {
      waiting = [...waiting, ...folders];
      if (busy) return;
      busy = true;
      problem = null;
      brought = [];
      abort = new AbortController();
      for (let folder = next(); folder && !abort.signal.aborted; folder = next()) {
        try {
          await bringOne(folder, abort.signal);
        } catch (e) {
          const f = toFault(e);
          if (f.code !== 'stopped') problem = { title: `${folder.name} could not be kept`, fault: f };
        }
      }
      [doing, waiting, busy] = [null, [], false];
    },
    cancel(): void {
      abort?.abort();
    },
  };
}

const unknownKind = (): Fault =>
  fault(
    'not-found',
    `It is neither a model (config.json and onnx/*.onnx) nor a benchmark (${questionFileWords()}, and images). Choose the folder that holds those.`,
  );

export const bring = createBring();
