/** `bench`: Lookalike beside what would be used without it, by turns on this machine; writes bench/RESULTS.md. */
import { resolve } from 'node:path';
import { benchEncoders } from '../bench/encoders.mjs';
import { benchPytorch } from '../bench/pytorch.mjs';
import { benchPairs } from '../bench/pairs.mjs';
import { writeSection } from '../bench/results.mjs';
import { benchScoring } from '../bench/scoring.mjs';
import { benchText } from '../bench/text.mjs';
import { choice, flag, text } from '../cli/kinds.mjs';
import { ensureBuilt, ensureChromium, ensureInstalled } from '../setup/setup.mjs';

function options() {
  return {
    pairs: flag('pair discovery beside NumPy and faiss-cpu, instead of scoring'),
    encoders: flag('embedding of images beside ONNX Runtime for Python, instead of scoring'),
    pytorch: flag('scoring beside Hugging Face transformers in PyTorch, instead of beside transformers.js'),
    text: text('DIR', 'a text model of this folder, its q4 weights beside its fp32 ones, instead of scoring'),
    quick: flag('fewer questions, or fewer images'),
    device: choice('NAME', 'wasm (default) or webgpu', 'device', /** @type {const} */ (['wasm', 'webgpu']), 'wasm'),
  };
}

/**
 * @param {string} title
 * @param {string} option that asks for it
 * @param {Promise<string>} measured the section's text
 */
async function made(title, option, measured) {
  return writeSection(title, ['npm run bench', option].filter(Boolean).join(' -- '), await measured);
}

/**
 * @param {import('../cli/types.ts').Values<ReturnType<typeof options>>} values
 * @param {readonly string[]} _positionals
 * @param {import('../cli/types.ts').Call} call
 */
async function run({ pairs, encoders, pytorch, text: dir, quick, device }, _positionals, call) {
  await ensureInstalled();
  await ensureBuilt();
  const executable = await ensureChromium();
  const section = () => {
    if (pairs) return made('Pair discovery', '--pairs', benchPairs({ quick }));
    if (encoders) return made('Embedding images', '--encoders', benchEncoders({ quick, executable }));
    if (pytorch) return made('Beside PyTorch', '--pytorch', benchPytorch({ quick, executable }));
    if (dir !== null)
      return made(
        'Text model, q4 beside fp32',
        '--text DIR',
        benchText({ dir: resolve(call.here, dir), quick, executable }),
      );
    return made(`Scoring on ${device}`, '', benchScoring({ quick, device, executable }));
  };
  process.stdout.write(`\n${await section()}`);
  return 0;
}

/** @satisfies {import('../cli/types.ts').Command<ReturnType<typeof options>>} */
export const command = {
  name: 'bench',
  summary: 'measures Lookalike beside the published algorithm, or its pair search and encoders beside Python, by turns',
  about:
    'Real shapes with random weights are made by Python where numpy and onnx are there (Debian: python3-onnx; else: pip install onnx numpy); without them only the demo model is measured. --pairs needs NumPy, and measures faiss-cpu where it is installed; --encoders needs onnxruntime, numpy and pillow; --pytorch needs torch and transformers, numpy and onnx. LOOKALIKE_PYTHON names the Python to use.',
  options,
  notes: 'Writes its section of bench/RESULTS.md.',
  run,
};
