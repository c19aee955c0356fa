/** Models with the exact shapes of real ones and random weights, made by Python. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../setup/setup.mjs';
import { pythonWith } from './python.mjs';

/**
 * A folder with the exact shapes of a real model and random weights; null where Python cannot make it.
 * @param {string} shape
 * @param {'q4' | 'fp32'} [dtype]
 */
export function shapeModel(shape, dtype = 'q4') {
  const out = join(ROOT, '.cache', 'shapes', dtype === 'q4' ? shape : `${shape}-${dtype}`);
  if (existsSync(join(out, 'processor_config.json'))) return out;
  const python = pythonWith(['numpy', 'onnx']);
  if (python === null) return null;
  mkdirSync(out, { recursive: true });
  const program = join(ROOT, 'tools', 'make', 'shapes', 'make_shape_model.py');
  const tokenizer = join(ROOT, 'public', 'models', 'phantom-vlm');
  execFileSync(python, [program, shape, out, '--dtype', dtype, '--tokenizer', tokenizer], { stdio: 'ignore' });
  return out;
}
