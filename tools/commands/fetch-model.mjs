/** `fetch-model owner/name --dtype q4 --out DIR`: a model of the hub, whole and verified, as a folder that the page and `evaluate --model DIR` take. */
import { resolve } from 'node:path';
import { dtype, text } from '../cli/kinds.mjs';
import { typescript } from '../cli/source.mjs';
import { fetchModel } from '../hub/fetch-model.mjs';
import { note } from '../say.mjs';

async function options() {
  await typescript();
  const { DTYPES } = await import('../../src/core/models/dtypes.ts');
  return {
    dtype: dtype(
      `auto, ${DTYPES.join(', ')} for all files, or session=type,... (decoder_model_merged=q4,vision_encoder=fp32)`,
      DTYPES,
    ),
    out: text('DIR', 'the folder (default: the name of the model, here)'),
    revision: text('REV', 'branch, tag or commit (default: main)'),
    hub: text('URL', "another hub's address (default: HF_ENDPOINT, or https://huggingface.co)"),
  };
}

/**
 * @param {import('../cli/types.ts').Values<Awaited<ReturnType<typeof options>>>} values
 * @param {readonly string[]} positionals
 * @param {import('../cli/types.ts').Call} call
 */
async function run(values, [id = ''], { here }) {
  const stop = new AbortController();
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => stop.abort());
  const { dir, revision } = await fetchModel({
    id,
    dtype: values.dtype,
    dir: resolve(here, values.out ?? id.split('/').at(-1) ?? id),
    revision: values.revision ?? 'main',
    hub: values.hub ?? undefined,
    signal: stop.signal,
  });
  process.stdout.write(`${dir}\n`);
  note(`${id} at ${revision}, every file verified.`);
  return 0;
}

/** @satisfies {import('../cli/types.ts').Command<Awaited<ReturnType<typeof options>>>} */
export const command = {
  name: 'fetch-model',
  summary: 'downloads a model of the Hugging Face hub into a folder',
  about:
    'Every file is checked against the hash published at its commit. A download that was cut off goes on where it was.',
  positionals: { value: 'owner/name', meaning: 'the model on the hub', least: 1, most: 1 },
  options,
  notes: 'A gated model takes its access token from the environment variable HF_TOKEN.',
  run,
};
