import * as v from 'valibot';
import { toFault, type Fault } from '../../core/fault.ts';
import { putSetting, setting } from '../../store/settings.ts';
import { library } from '../shared/library.svelte.ts';

const KEY = 'person-who-judges';

/** Who scores answers on this device: asked once, and kept. */
function createPerson() {
  let name = $state<string | null>(null);
  let read = $state(false);
  let problem = $state.raw<Fault | null>(null);
  let reading = false;

  async function load(): Promise<void> {
    if (reading) return;
    reading = true;
    try {
      name = await setting(await library.opened(), KEY, v.nullable(v.pipe(v.string(), v.nonEmpty())), null);
    } catch (e) {
      problem = toFault(e, 'storage');
    }
    read = true;
  }

  return {
    /** null: not asked yet. */
    get name() {
      return name;
    },
    get read() {
      return read;
    },
    get problem() {
      return problem;
    },
    need(): void {
      void load();
    },
    async keep(given: string): Promise<void> {
      problem = null;
      try {
        await putSetting(await library.opened(), KEY, given);
        name = given;
      } catch (e) {
        problem = toFault(e, 'storage');
      }
    },
  };
}

export const person = createPerson();
