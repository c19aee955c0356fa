import type { DeviceFacts, LoadedModel, LoadRequest, TemplateFacts } from '../../src/protocol/engine.ts';
import type { ChatTemplate } from '../../src/core/chat/template.ts';
import { libraryVersions } from '../onnx/runtime.ts';
import type { OpenedModel } from './load.ts';

/** What is told of a model once it is loaded. */
export function loadedModel({
  model,
  template,
  adapter,
  request,
  started,
}: {
  readonly model: OpenedModel;
  readonly template: ChatTemplate | null;
  readonly adapter: Omit<DeviceFacts, 'threads'>;
  readonly request: LoadRequest;
  /** When loading began, by performance.now(). */
  readonly started: number;
}): LoadedModel {
  return {
    modelType: model.family.type,
    familyStatus: model.family.status,
    caveat: model.family.caveat,
    template: template && templateFacts(template),
    device: { ...adapter, threads: request.threads },
    libraries: {
      ...libraryVersions(),
      ...(model.unpacked > 0 ? { 'decoder weights': 'unpacked from 4 bits to fp32 at load' } : {}),
    },
    files: { config: model.files.config, preprocessor: model.files.preprocessor, processor: model.files.processor },
    sessions: Object.fromEntries(Object.entries(model.sessions.all).map(([name, s]) => [name, s.inputNames])),
    unpacked: model.unpacked,
    seconds: (performance.now() - started) / 1000,
  };
}

function templateFacts({ source, knowsThinking, writesDate }: ChatTemplate): TemplateFacts {
  return { source, knowsThinking, writesDate };
}
