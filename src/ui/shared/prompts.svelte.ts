import * as v from 'valibot';
import { fault, FaultError, orThrow } from '../../core/fault.ts';
import { builtinPromptSets } from '../../core/prompts/builtin.ts';
import { checkPromptSet, readPromptFile } from '../../core/prompts/file.ts';
import type { PromptSet } from '../../core/prompts/types.ts';
import { putSetting, setting } from '../../store/settings.ts';
import { library } from './library.svelte.ts';

const KEY = 'prompts.files';
/** Files as the user brought them: they are read anew each time, so that a newer reader reads them better. */
const files = v.array(v.object({ name: v.string(), text: v.string() }));

/** A kept file and what it holds: one set that was written here, or several of the official layout. */
export interface PromptFile {
  readonly name: string;
  readonly sets: readonly PromptSet[];
}

/** Changes one after the other, each upon what is kept by then: two files that are brought at once are both kept. */
function turns(read: () => Promise<void>): <T>(change: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (change) => {
    const done = last.then(read).then(change);
    last = done.catch(() => undefined);
    return done;
  };
}

/** Prompt sets that can be chosen: those that come with Lookalike, and those of the user's own files. */
function createPrompts() {
  const builtin = builtinPromptSets();
  let kept = $state.raw<readonly PromptFile[]>([]);

  async function read(): Promise<void> {
    const stored = await setting(await library.opened(), KEY, files, []);
    kept = stored.map(({ name, text }) => {
      const sets = readPromptFile(name, text);
      return { name, sets: sets.ok ? sets.value : [] };
    });
  }
  /** Keeps a file in place of one of the same name, and of `instead`. */
  async function put(name: string, text: string, instead = name): Promise<void> {
    const store = await library.opened();
    const others = (await setting(store, KEY, files, [])).filter((f) => f.name !== name && f.name !== instead);
    await putSetting(store, KEY, [...others, { name, text }]);
    await read();
  }
  const inTurn = turns(read);
  const same = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

  return {
    get builtin(): readonly PromptSet[] {
      return builtin;
    },
    get files(): readonly PromptFile[] {
      return kept;
    },
    get sets(): readonly PromptSet[] {
      return [...builtin, ...kept.flatMap((f) => f.sets)];
    },
    need: read,
    /**
     * Keeps a file of prompts.
     * @returns the name of its first set
     * @throws FaultError 'bad-prompt' with the place
     */
    bring: (name: string, text: string): Promise<string> =>
      inTurn(async () => {
        const sets = orThrow(readPromptFile(name, text));
        const taken = [...builtin, ...kept.filter((f) => f.name !== name).flatMap((f) => f.sets)];
        const twice = sets.find((s) => taken.some((t) => same(t.name, s.name)));
        if (twice) throw new FaultError(nameTaken(twice.name));
        await put(name, text);
        return sets[0]?.name ?? '';
      }),
    /**
     * Keeps a set that was written in the page, as a file of its own.
     * @param instead the file that it replaces; null for a new one
     * @throws FaultError 'bad-prompt'
     */
    write: (set: PromptSet, instead: string | null): Promise<void> =>
      inTurn(async () => {
        const refused = checkPromptSet(set);
        if (refused) throw new FaultError(refused);
        const others = [...builtin, ...kept.filter((f) => f.name !== instead).flatMap((f) => f.sets)];
        if (others.some((s) => same(s.name, set.name))) throw new FaultError(nameTaken(set.name));
        const free = (n: string): boolean => n === instead || !kept.some((f) => f.name === n);
        let name = `${set.name}.json`;
        for (let i = 2; !free(name); i++) name = `${set.name} ${i}.json`;
        await put(name, JSON.stringify(set, null, 2), instead ?? name);
      }),
    /** Forgets a file with all its sets. Runs keep the wording that they asked. */
    remove: (name: string): Promise<void> =>
      inTurn(async () => {
        const store = await library.opened();
        const others = (await setting(store, KEY, files, [])).filter((f) => f.name !== name);
        await putSetting(store, KEY, others);
        await read();
      }),
  };
}

function nameTaken(name: string): ReturnType<typeof fault> {
  return fault('bad-prompt', `There is a prompt set named ${name} already. Give this one another name.`, { name });
}

export const prompts = createPrompts();
