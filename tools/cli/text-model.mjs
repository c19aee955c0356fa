/** Options of the commands that a text model works for. */
import { choice, count, text } from './kinds.mjs';
import { typescript } from './source.mjs';

export const writer = text('DIR|ID', 'folder of a text model, or a model of the hub; default: the writer of the demo');

/** Where and how the text model runs. */
export async function running() {
  await typescript();
  const { DTYPES } = await import('../../src/core/models/dtypes.ts');
  return {
    device: choice(
      'NAME',
      'auto (default), webgpu or wasm',
      'device',
      /** @type {const} */ (['auto', 'webgpu', 'wasm']),
      'auto',
    ),
    dtype: choice('TYPE', `auto (default), or one of ${DTYPES.join(', ')}`, 'type', ['auto', ...DTYPES], 'auto'),
    threads: count('threads of WASM; default: all cores', /** @type {'auto'} */ ('auto')),
  };
}
