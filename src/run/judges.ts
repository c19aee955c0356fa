import { spawnJudge } from '../bridge/spawn.ts';
import type { WorkerClient } from '../bridge/worker.ts';
import { sessionPaths } from '../core/catalogue/folder.ts';
import { isDtype, type Dtype } from '../core/catalogue/dtypes.ts';
import { dtypesOf } from '../core/certificate/dtypes.ts';
import { fault, FaultError, type Result } from '../core/fault.ts';
import type { PromptSet } from '../core/prompts/types.ts';
import type { JudgeInfo } from '../core/results/run.ts';
import type { Outcome } from '../protocol/engine.ts';
import type { JudgeAnswer, JudgeApi, JudgeAsk, JudgePrompt } from '../protocol/judge.ts';
import type { EngineHost } from './engine-host.ts';
import type { ResolvedModel } from './ports.ts';

/** `RunConfig.judgeId` of the model under test, and of people who enter scores on the page. */
export const SELF_JUDGE = 'self';
export const PERSON_JUDGE = 'person';

/** Who reads free answers, ready to be asked. */
export interface Judge {
  readonly info: Exclude<JudgeInfo, { kind: 'person' }>;
  /** @throws FaultError 'bad-prompt' when this answer cannot be put to it; others when it cannot be asked at all */
  ask(request: JudgeAsk): Promise<JudgeAnswer>;
  end(): void;
}

/**
 * A text model on this device, in a worker of its own. WASM, so that the same answers get the same scores everywhere.
 * @throws FaultError 'bad-model'
 */
export async function openTextJudge(model: ResolvedModel, threads: number): Promise<Judge> {
  const paths = model.files.map((f) => f.path);
  const have = dtypesOf(paths, ['model'])['model'] ?? [];
  const dtype = (['fp32', 'q4', 'q8', 'int8', 'uint8', 'bnb4'] as const).find((d) => have.includes(d));
  if (dtype === undefined)
    throw new FaultError(
      fault('bad-model', `The judge ${model.id} has no onnx/model.onnx in a dtype that WASM computes.`),
    );
  const client: WorkerClient<JudgeApi> = spawnJudge();
  try {
    value(await client.call((api) => api.load({ source: model.source, device: 'wasm', dtype, threads })));
  } catch (e) {
    client.kill('the judge could not be loaded');
    throw e;
  }
  return {
    info: infoOf('model', model, 'model', dtype),
    ask: async (request) => value(await client.call((api) => api.ask(request))),
    end: () => client.kill('the judge is done'),
  };
}

/** The model under test itself, asked without an image, in the engine that holds it. `end` leaves the engine to its owner. */
export function selfJudge(host: EngineHost, model: ResolvedModel): Judge {
  const dtype = host.rung.dtype['decoder_model_merged'] ?? 'fp32';
  let systemInTurn = false;
  const ask = async (request: JudgeAsk): Promise<JudgeAnswer> => {
    const prompt = systemInTurn ? inOneTurn(request.prompt) : request.prompt;
    const [reply, likelier] = await askEngine(host, { ...request, prompt });
    // Some templates have no place for system text; the judge's then stands in front of the user's.
    if (reply?.status === 'failed' && reply.fault.code === 'bad-model' && !systemInTurn) {
      systemInTurn = true;
      return ask(request);
    }
    if (reply?.status !== 'scored' || (request.texts !== null && likelier?.status !== 'scored'))
      throw new FaultError(
        failureOf(reply) ?? failureOf(likelier) ?? fault('internal', 'The model did not answer as its own judge.'),
      );
    return { text: reply.text ?? '', likelihoods: likelier?.status === 'scored' ? likelier.options : null };
  };
  return {
    info: infoOf('self', model, 'decoder_model_merged', isDtype(dtype) ? dtype : 'fp32'),
    ask,
    end: () => undefined,
  };
}

/** The judge's question as one that is asked without an image: the reply as FF, the verdicts as the options of PS. */
async function askEngine(host: EngineHost, { prompt, limit, texts }: JudgeAsk): Promise<readonly Outcome[]> {
  const promptSet: PromptSet = { name: 'judge', prompts: { letter: '{q}', open: '{q}' }, system: prompt.system };
  const methods = texts === null ? ['ff+no-image'] : ['ff+no-image', 'ps+no-image'];
  const options = texts ?? { A: '', B: '' };
  const question = { pair: 'judge', image: 1 as const, question: prompt.user, options, methods };
  const result = await host.score(
    { imageSha256: null, questions: [question], promptSet, plain: false, limits: { mc: limit, ff: limit } },
    () => Promise.reject(new Error('A judge is shown no image.')),
  );
  return value(result).outcomes;
}

function inOneTurn({ system, user }: JudgePrompt): JudgePrompt {
  return { system: null, user: system === null ? user : `${system}\n\n${user}` };
}

function failureOf(o: Outcome | undefined): ReturnType<typeof fault> | null {
  return o?.status === 'failed' ? o.fault : null;
}

/** What a record and run.json say of a judge: one hash, of the graph that was loaded, and all its weights. */
function infoOf(kind: 'model' | 'self', model: ResolvedModel, session: string, dtype: Dtype): Judge['info'] {
  const loaded = sessionPaths(session, dtype, model.config);
  const files = model.files
    .filter((f) => loaded.includes(f.path) || f.path.startsWith(`${loaded[0] ?? ''}_data`))
    .map(({ path, sha256 }) => ({ path, sha256 }));
  const sha256 = files.find((f) => f.path === loaded[0])?.sha256 ?? '';
  return { kind, id: model.id, sha256, dtype, files };
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new FaultError(result.fault);
  return result.value;
}
