import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { calling, main } from '../../../tools/cli/main.mjs';
import { choice, count, flag, texts } from '../../../tools/cli/kinds.mjs';
import { COMMANDS } from '../../../tools/commands/registry.mjs';

const ROOT = new URL('../../../', import.meta.url);

/** A command of a registry in memory that keeps what it was given. */
function inMemory(): { registry: Parameters<typeof main>[1]; given: unknown[]; printed: () => string } {
  const given: unknown[] = [];
  let text = '';
  const command = {
    name: 'weigh',
    summary: 'weighs pictures',
    about: 'In grams.',
    positionals: { value: 'PICTURE', meaning: 'what is weighed', least: 1, most: 1 },
    options: () => ({
      scale: choice('NAME', 'kitchen or truck', 'scale', ['kitchen', 'truck'], 'kitchen'),
      times: count('how often', 1),
      note: texts('TEXT', 'a note'),
      fast: flag('roughly'),
    }),
    run: async (...all: unknown[]) => {
      given.push(all);
      return 7;
    },
  };
  const print = (part: string): void => void (text += part);
  return {
    registry: { registry: { weigh: { load: async () => command } }, env: {}, cwd: '/here', print },
    given,
    printed: () => text,
  };
}

test('a command gets its values by the names of its options, and its exit code is the end', async () => {
  const { registry, given } = inMemory();
  const argv = ['weigh', 'a.png', '--times', '3', '--note', 'x', '--note=y', '--fast'];
  expect(await main(argv, registry)).toBe(7);
  expect(given).toEqual([
    [
      { scale: 'kitchen', times: 3, note: ['x', 'y'], fast: true },
      ['a.png'],
      { here: '/here', called: 'lookalike weigh', argv: argv.slice(1) },
    ],
  ]);
});

test('its help and the list of commands are made from what it declares', async () => {
  const { registry, printed } = inMemory();
  expect(await main(['weigh', '--help'], registry)).toBe(0);
  expect(printed()).toContain('lookalike weigh PICTURE [options]\n\nWeighs pictures. In grams.\n');
  expect(printed()).toContain('  --scale NAME  kitchen or truck\n');
  expect(await main(['--help'], registry)).toBe(0);
  expect(printed()).toContain('\n  weigh  weighs pictures\n');
});

test.each([
  [['wiegh'], 'There is no command wiegh. Did you mean weigh? See lookalike --help.'],
  [['weigh'], 'PICTURE is missing: what is weighed. See lookalike weigh --help.'],
  [['weigh', 'a', 'b'], '"b" belongs to no option.'],
  [
    ['weigh', 'a', '--scale', 'kitchn'],
    'there is no scale "kitchn". Did you mean kitchen? See lookalike weigh --help.',
  ],
  [['weigh', 'a', '--fast=no'], "'--fast' does not take an argument"],
])('%j is refused with exit code 2', async (argv, message) => {
  const { registry, given } = inMemory();
  await expect(main(argv, registry)).rejects.toMatchObject({ code: 2, message: expect.stringContaining(message) });
  expect(given).toEqual([]);
});

test('no command at all: the list, and exit code 2', async () => {
  const { registry, printed } = inMemory();
  expect(await main([], registry)).toBe(2);
  expect(printed()).toContain('lookalike COMMAND');
});

test('a fault of src/ ends a command with the exit code of its kind', async () => {
  const { registry } = inMemory();
  const broken = async (): Promise<never> => {
    const { fault, FaultError } = await import('../../../src/core/fault.ts');
    throw new FaultError(fault('storage', 'The store is broken.'));
  };
  const command = { name: 'x', summary: 'x', about: '', options: () => ({}), run: broken };
  const world = { ...registry, registry: { x: { load: async () => command } } };
  await expect(main(['x'], world)).rejects.toMatchObject({ code: 5, message: 'The store is broken.' });
});

test('behind npm run, paths are meant from where the person stands', () => {
  const env = { npm_lifecycle_event: 'evaluate', INIT_CWD: '/there' };
  expect(calling('evaluate', env, '/root')).toEqual({ called: 'npm run evaluate --', here: '/there' });
  expect(calling('bench', env, '/root')).toEqual({ called: 'lookalike bench', here: '/root' });
});

test('each command has a file of its name, a script of its name, and says its name', async () => {
  const { scripts, bin } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'));
  expect(bin).toEqual({ lookalike: 'tools/lookalike.mjs' });
  for (const [name, { load }] of Object.entries(COMMANDS)) {
    expect((await load()).name).toBe(name);
    expect(scripts[name]).toBe(`node tools/lookalike.mjs ${name}`);
    expect(readFileSync(new URL(`tools/commands/${name}.mjs`, ROOT), 'utf8')).toContain('export const command');
  }
});
