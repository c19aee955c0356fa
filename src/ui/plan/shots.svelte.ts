import { matchShots } from '../../core/prompts/few-shot.ts';
import { fault, type Fault } from '../../core/fault.ts';
import { checkImages } from '../../app/check-images.ts';
import type { SourceFile } from '../../files/source.ts';
import { listShots, putShot } from '../../store/shots.ts';
import { library } from '../shared/library.svelte.ts';

/** What became of brought files. */
export interface Brought {
  readonly taken: number;
  /** Files that no shot shows, by path. */
  readonly unknown: readonly string[];
  /** Files that are no image that can be decoded: each with its name and why. */
  readonly refused: readonly Fault[];
}

/** Example images of few-shot prompt sets: brought once, kept by file name for every later run. */
function createShots() {
  let kept = $state.raw<ReadonlyMap<string, string>>(new Map());

  async function read(): Promise<void> {
    kept = new Map((await listShots(await library.opened())).map((s) => [s.name, s.sha256]));
  }

  async function keep(files: readonly { readonly name: string; readonly file: SourceFile }[]): Promise<Brought> {
    const faults = await checkImages(await Promise.all(files.map(({ file }) => file.blob())));
    const store = await library.opened();
    let taken = 0;
    for (const [i, { name, file }] of files.entries()) {
      if (faults[i]) continue;
      await putShot(store, name, await file.blob());
      taken++;
    }
    await read();
    const refused = faults.flatMap((f, i) => (f ? [named(f, files[i]?.file.path ?? '')] : []));
    return { taken, unknown: [], refused };
  }

  return {
    /** SHA-256 of each kept image, by the name that sets give it. */
    get kept(): ReadonlyMap<string, string> {
      return kept;
    },
    need: read,
    /** Keeps those of some files that a set's shots show, found by their names. */
    async bring(wanted: readonly string[], files: readonly SourceFile[]): Promise<Brought> {
      const names = matchShots(
        wanted,
        files.map((f) => f.path),
      );
      const matched = files.flatMap((file, i) => {
        const name = names[i];
        return name === null || name === undefined ? [] : [{ name, file }];
      });
      const unknown = files.filter((_, i) => names[i] === null).map((f) => f.path);
      return { ...(await keep(matched)), unknown };
    },
    /** Keeps one file as the image of that name, whatever the file is called. */
    assign: (name: string, file: SourceFile): Promise<Brought> => keep([{ name, file }]),
  };
}

function named(f: Fault, path: string): Fault {
  return fault(f.code, `${path}: ${f.message}`, { ...f.facts, file: path });
}

export const shots = createShots();
