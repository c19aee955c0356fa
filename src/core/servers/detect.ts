import { at } from '../json.ts';
import { fail, fault, ok, type Result } from '../fault.ts';
import { answerFault, textAt, type HttpAnswer } from './exchange.ts';
import type { ServerKind } from './kinds.ts';
import { readModels } from './vllm.ts';

/** What a server says of itself before it is asked anything. */
export interface Detected {
  readonly kind: ServerKind;
  readonly models: readonly string[];
  /** Where the server read the model from, if it says: a folder or a hub id (vLLM), a file (llama.cpp). */
  readonly roots: Readonly<Record<string, string>>;
}

/**
 * Finds out the kind of a server by what only that kind answers.
 * @param get a GET; null where no answer came
 */
export async function detectServer(get: (path: string) => Promise<HttpAnswer | null>): Promise<Result<Detected>> {
  const list = await get('/v1/models');
  if (list === null) return fail(fault('server-gone', 'Nothing answers at that address. Is the server running?'));
  if (list.status === 401 || list.status === 403) return fail(answerFault(list, 'the list of its models'));
  if (list.status >= 500) return fail(answerFault(list, 'the list of its models'));
  const models = list.status < 300 ? readModels(list.body) : [];
  const ids = models.map((m) => m.id);
  const roots = Object.fromEntries(models.flatMap((m) => (m.root === null ? [] : [[m.id, m.root]])));
  const owners = models.map((m) => m.owner);
  if (owners.includes('vllm')) return ok({ kind: 'vllm', models: ids, roots });
  if (owners.includes('llamacpp'))
    return ok({ kind: 'llamacpp', models: ids, roots: { ...roots, ...(await ggufRoot(get, ids)) } });
  if (owners.includes('sglang')) return ok({ kind: 'sglang', models: ids, roots });
  const props = await get('/props');
  if (props !== null && props.status < 300 && at(props.body, 'modalities') !== undefined)
    return ok({ kind: 'llamacpp', models: ids, roots: { ...roots, ...(await ggufRoot(get, ids)) } });
  const info = await get('/get_model_info');
  if (info !== null && info.status < 300 && textAt(info.body, 'model_path') !== null)
    return ok({ kind: 'sglang', models: ids, roots });
  if (list.status === 404)
    return fail(
      fault(
        'server-refused',
        'What answers at that address is no model server that Lookalike knows: it has no /v1/models.',
      ),
    );
  return ok({ kind: 'openai', models: ids, roots });
}

async function ggufRoot(
  get: (path: string) => Promise<HttpAnswer | null>,
  ids: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const path = textAt((await get('/props'))?.body, 'model_path');
  const [id] = ids;
  return path === null || id === undefined ? {} : { [id]: path };
}
