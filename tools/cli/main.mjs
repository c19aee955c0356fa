/** From the arguments of the process to a command and its exit code: the one place that prints help and errors. */
import { COMMANDS } from '../commands/registry.mjs';
import { Stop } from '../say.mjs';
import { exitCode } from './exit-code.mjs';
import { commandHelp, overview } from './help.mjs';
import { hint } from './kinds.mjs';
import { asksForHelp, readArguments } from './options.mjs';

/** @typedef {Readonly<Record<string, {load: () => Promise<import('./types.ts').Command<any>>}>>} Registry commands by name */

/**
 * How a command is called in words, and from where: behind `npm run NAME` npm stands in the package's root and keeps the person's place in INIT_CWD.
 * @param {string} name
 * @param {Readonly<Record<string, string | undefined>>} env
 * @param {string} cwd
 * @returns {{called: string, here: string}}
 */
export function calling(name, env, cwd) {
  if (env['npm_lifecycle_event'] !== name) return { called: `lookalike ${name}`, here: cwd };
  return { called: name === 'start' ? 'npm start --' : `npm run ${name} --`, here: env['INIT_CWD'] || cwd };
}

/**
 * All commands, for their list.
 * @param {Registry} registry
 */
async function summaries(registry) {
  const all = await Promise.all(Object.values(registry).map(({ load }) => load()));
  return all.map(({ name, summary }) => ({ name, summary }));
}

/**
 * What a command threw, as it is told: a wrong argument with where its help is, a fault of src/ with the exit code of its kind.
 * @param {unknown} error
 * @param {string} called
 */
function told(error, called) {
  if (error instanceof Stop)
    return error.usage ? new Stop(`${error.message} See ${called} --help.`, error.code) : error;
  // A `FaultError` by its shape: its class is TypeScript, which may not be loaded here.
  if (!(error instanceof Error) || error.name !== 'FaultError' || !('fault' in error)) return error;
  const fault = /** @type {import('../../src/core/fault.ts').Fault} */ (error.fault);
  return new Stop(fault.message, exitCode(fault.code));
}

/**
 * Runs the command that the arguments name.
 * @param {readonly string[]} argv
 * @param {{registry?: Registry, env?: Readonly<Record<string, string | undefined>>, cwd?: string, print?: (text: string) => void}} [world]
 * @returns {Promise<number>} the exit code
 */
export async function main(argv, world = {}) {
  const {
    registry = /** @type {Registry} */ (COMMANDS),
    env = process.env,
    cwd = process.cwd(),
    print = (text) => process.stdout.write(text),
  } = world;
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    print(overview(await summaries(registry)));
    return name === undefined ? 2 : 0;
  }
  const entry = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (entry === undefined)
    throw new Stop(`There is no command ${name}. ${hint(name, Object.keys(registry))} See lookalike --help.`, 2);
  const command = await entry.load();
  const { called, here } = calling(name, env, cwd);
  try {
    const options = await command.options();
    if (asksForHelp(rest)) {
      print(commandHelp(command, options, called));
      return 0;
    }
    const { values, positionals } = readArguments(rest, options, command.positionals);
    return (await command.run(values, positionals, { here, argv: rest, called })) ?? 0;
  } catch (error) {
    throw told(error, called);
  }
}
