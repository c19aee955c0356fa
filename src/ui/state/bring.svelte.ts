import { fault, toFault, type Fault } from '../../core/fault.ts';
import type { Progress } from '../../store/models.ts';
import { filesOfZip } from '../../store/transfer.ts';
import { bringModelFiles } from '../catalogue/bring-model.ts';
import { kindOf, type Folder } from '../lib/folder.ts';
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

  async function bringModel(folder: Folder, zipped: boolean, signal: AbortSignal): Promise<void> {
    const onProgress = (p: Progress): void => {
      doing = { what: `Keeping the model ${folder.name}: ${p.path}`, done: p.done, total: p.total };
    };
    doing = { what: `Reading the model ${folder.name}`, done: 0, total: 0 };
    const kept = await bringModelFiles(folder, zipped, { onProgress, signal });
    await library.refresh.models();
    brought = [...brought, { kind: 'model', id: kept.id, name: kept.name }];
  }

  /** A zip that holds a model or a benchmark is as good as its folder. */
  async function unpacked(folder: Folder): Promise<Folder> {
    const [zip] = folder.files;
    if (folder.files.length !== 1 || !zip?.path.toLowerCase().endsWith('.zip')) return folder;
    doing = { what: `Unpacking ${zip.path}`, done: 0, total: 0 };
    const files = await filesOfZip(zip.blob);
    return { name: zip.path.replace(/\.zip$/i, ''), files };
  }

  async function bringOne(given: Folder, signal: AbortSignal): Promise<void> {
    const folder = await unpacked(given);
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
    if (kind === 'unknown') problem = { title: `${folder.name} was not taken`, fault: UNKNOWN };
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
      if (doing) return;
      problem = null;
      brought = [];
      abort = new AbortController();
      for (const folder of folders) {
        if (abort.signal.aborted) break;
        try {
          await bringOne(folder, abort.signal);
        } catch (e) {
          const f = toFault(e);
          if (f.code !== 'stopped') problem = { title: `${folder.name} could not be kept`, fault: f };
        }
      }
      doing = null;
    },
    cancel(): void {
      abort?.abort();
    },
  };
}

const UNKNOWN = fault(
  'not-found',
  'It is neither a model (config.json and onnx/*.onnx) nor a benchmark (dataset.json or dataset.csv and images). Choose the folder that holds those.',
);

export const bring = createBring();
