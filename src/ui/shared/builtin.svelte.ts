import { toFault, type Fault } from '../../core/fault.ts';
import { dtypesIn } from '../../core/models/folder.ts';
import { BUILTIN_MODEL } from '../../core/models/builtin.ts';
import { resolveModel } from '../../app/models.ts';
import { stringAt } from '../../core/json.ts';
import { familyState, modelName, type ModelEntry } from './models.ts';
import { library } from './library.svelte.ts';

/** The model that ships with the page, as an entry of the list of models. */
function createBuiltin() {
  let entry = $state.raw<ModelEntry | null>(null);
  let problem = $state.raw<Fault | null>(null);
  async function read(): Promise<void> {
    try {
      const model = await resolveModel(await library.opened(), BUILTIN_MODEL);
      entry = {
        id: BUILTIN_MODEL,
        name: modelName(BUILTIN_MODEL),
        builtin: true,
        bytes: model.files.reduce((n, f) => n + f.size, 0),
        family: familyState(stringAt(model.config, ['model_type'], '') || null),
        dtypes: dtypesIn(model.files.map((f) => f.path)),
        kept: null,
      };
    } catch (e) {
      problem = toFault(e);
    }
  }
  let reading: Promise<void> | null = null;
  return {
    get entry() {
      return entry;
    },
    get problem() {
      return problem;
    },
    /** Reads it once; pages that show models call this. */
    need(): void {
      reading ??= read();
    },
  };
}

export const builtin = createBuiltin();
