import { InferenceSession } from 'onnxruntime-web/webgpu';
import { fault, FaultError } from '../../src/core/fault.ts';
import { stringAt } from '../../src/core/json.ts';
import type { ProcessorFiles } from '../../src/core/images/settings.ts';
import type { EncoderLoadRequest } from '../../src/protocol/encoder.ts';
import { dataOfGraph } from '../onnx/external.ts';
import type { ModelFiles } from '../onnx/files.ts';
import { cpuNodes, webgpuProvider } from '../onnx/webgpu.ts';

/** What says how the images of a folder's model are prepared. */
export async function processorFiles(files: ModelFiles, config: unknown): Promise<ProcessorFiles> {
  return {
    modelType: stringAt(config, ['model_type'], ''),
    config,
    preprocessor: await files.json('preprocessor_config.json'),
    processor: await files.json('processor_config.json'),
  };
}

/** The session of one graph of a folder, with the weights that stand beside it. @throws FaultError 'bad-model' */
export async function makeSession(
  files: ModelFiles,
  file: string,
  request: EncoderLoadRequest,
): Promise<InferenceSession> {
  const body = await (await files.response(file))?.arrayBuffer();
  if (!body) throw new FaultError(fault('bad-model', `The encoder's folder has no ${file}.`));
  const graph = new Uint8Array(body);
  const externalData = await dataOfGraph(files, file);
  try {
    return await InferenceSession.create(graph, {
      executionProviders: [request.device === 'webgpu' ? webgpuProvider(request.rung, cpuNodes(graph)) : 'wasm'],
      logSeverityLevel: 3,
      ...(externalData.length > 0 ? { externalData: [...externalData] } : {}),
    });
  } catch (e) {
    const words = e instanceof Error ? e.message : String(e);
    const name = file.replace(/^onnx\//, '');
    throw new FaultError(fault('bad-model', `The encoder's ${name} could not be opened: ${words}`));
  }
}
