import { expose } from 'comlink';
import type { JudgeApi } from '../../src/protocol/judge.ts';
import { guarded } from '../guarded.ts';
import { holdLife } from '../life.ts';
import { openTextModel, type TextModel } from './text-model.ts';

function serve(): JudgeApi {
  let model: TextModel | null = null;
  const need = (): TextModel => {
    if (!model) throw new Error('The judge was asked before it was loaded.');
    return model;
  };
  return {
    load: (request) =>
      guarded(async () => {
        const began = performance.now();
        model = await openTextModel(request);
        return { modelType: model.modelType, seconds: (performance.now() - began) / 1000 };
      }),
    ask: (request) => guarded(() => need().ask(request)),
    dispose: async () => {
      await model?.dispose();
      model = null;
    },
  };
}

holdLife();
expose(serve());
