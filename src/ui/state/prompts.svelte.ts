import * as v from 'valibot';
import { FaultError } from '../../core/fault.ts';
import { builtinPromptSets } from '../../core/prompts/builtin.ts';
import { readPromptFile } from '../../core/prompts/file.ts';
import type { PromptSet } from '../../core/prompts/types.ts';
import { putSetting, setting } from '../../store/settings.ts';
import { library } from './library.svelte.ts';

const KEY = 'prompts.files';
/** Files as the user brought them: they are read anew each time, so that a newer reader reads them better. */
const files = v.array(v.object({ name: v.string(), text: v.string() }));

/** Prompt sets that can be chosen: those that come with Lookalike, and those of the user's own files. */
function createPrompts() {
  const builtin = builtinPromptSets();
  let added = $state.raw<readonly PromptSet[]>([]);

  async function read(): Promise<void> {
    const kept = await setting(await library.opened(), KEY, files, []);
    added = kept.flatMap(({ name, text }) => {
      const sets = readPromptFile(name, text);
      return sets.ok ? sets.value : [];
    });
  }
  return {
    get sets(): readonly PromptSet[] {
      return [...builtin, ...added];
    },
    need: read,
    /**
     * Keeps a file of prompts.
     * @returns the name of its first set
     * @throws FaultError 'bad-prompt' with the place
     */
    async bring(name: string, text: string): Promise<string> {
      const sets = readPromptFile(name, text);
      if (!sets.ok) throw new FaultError(sets.fault);
      const store = await library.opened();
      const others = (await setting(store, KEY, files, [])).filter((f) => f.name !== name);
      await putSetting(store, KEY, [...others, { name, text }]);
      await read();
      return sets.value[0]?.name ?? '';
    },
  };
}

export const prompts = createPrompts();
