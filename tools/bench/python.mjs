/** Programs in Python, where a Python that has what they need is on this machine. */
import { execFileSync } from 'node:child_process';

const PYTHONS = process.env['LOOKALIKE_PYTHON']
  ? [process.env['LOOKALIKE_PYTHON']]
  : ['python3', '/usr/bin/python3', 'python'];

/**
 * The first Python that can import all of these modules; null where none can. LOOKALIKE_PYTHON names another.
 * @param {readonly string[]} modules
 */
export function pythonWith(modules) {
  for (const python of PYTHONS)
    try {
      execFileSync(python, ['-c', modules.map((m) => `import ${m}`).join('\n')], { stdio: 'ignore' });
      return python;
    } catch {
      continue;
    }
  return null;
}
