/**
 * The rooms of the house and what each may import: the one table behind the lint rule, and equal to that of ARCHITECTURE.md (a test compares them with
 * each other and with the imports that the files make).
 */
import { dirname, posix, relative, sep } from 'node:path';
import { ROOT } from '../setup/setup.mjs';

/** By room: the rooms that it imports. A page of the interface is the room `src/ui/page`. @type {Readonly<Record<string, readonly string[]>>} */
export const ROOMS = {
  'src/app': ['src/bridge', 'src/core', 'src/engines', 'src/files', 'src/protocol', 'src/run', 'src/store'],
  'src/bridge': [
    'src/core',
    'src/protocol',
    'workers/bootstrap',
    'workers/embeddings',
    'workers/encoder',
    'workers/hash',
    'workers/pixels',
    'workers/search',
    'workers/text',
    'workers/vlm',
  ],
  'src/cli': ['src/app', 'src/core', 'src/engines', 'src/files', 'src/run', 'src/store'],
  'src/core': [],
  'src/engines': ['src/bridge', 'src/core', 'src/protocol'],
  'src/files': ['src/core'],
  'src/hub': ['src/core', 'src/store', 'src/sw'],
  'src/protocol': ['src/core'],
  'src/run': ['src/core', 'src/engines'],
  'src/store': ['src/bridge', 'src/core', 'src/protocol'],
  'src/sw': [],
  'src/ui': ['src/core', 'src/ui/kit', 'src/ui/page', 'src/ui/shared', 'src/ui/shell'],
  'src/ui/kit': ['src/core'],
  'src/ui/page': ['src/app', 'src/core', 'src/files', 'src/hub', 'src/run', 'src/store', 'src/ui/kit', 'src/ui/shared'],
  'src/ui/shared': ['src/app', 'src/core', 'src/engines', 'src/files', 'src/hub', 'src/run', 'src/store', 'src/ui/kit'],
  'src/ui/shell': ['src/core', 'src/sw', 'src/ui/kit', 'src/ui/shared'],
  workers: ['src/core', 'src/protocol'],
  'workers/bootstrap': ['src/core', 'src/protocol', 'workers'],
  'workers/embeddings': ['src/core', 'src/protocol', 'workers'],
  'workers/encoder': ['src/core', 'src/protocol', 'workers', 'workers/onnx', 'workers/pixels'],
  'workers/hash': ['src/core', 'src/protocol', 'workers'],
  'workers/language': ['src/core', 'src/protocol', 'workers/onnx'],
  'workers/onnx': ['src/core', 'src/protocol'],
  'workers/pixels': ['src/core', 'src/protocol', 'workers'],
  'workers/search': ['src/core', 'src/protocol', 'workers'],
  'workers/text': ['src/core', 'src/protocol', 'workers', 'workers/language', 'workers/onnx'],
  'workers/vlm': ['src/core', 'src/protocol', 'workers', 'workers/language', 'workers/onnx'],
};

/** Folders of src/ui that are no pages. */
const COMMON = new Set(['kit', 'shared', 'shell']);

/**
 * The room of a file.
 * @param {string} file path from the root, with forward slashes
 * @returns {string | null} null for a file that stands in no room
 */
export function roomOf(file) {
  const [top, second, third, fourth] = file.split('/');
  if (top === 'workers') return third === undefined ? 'workers' : `workers/${second}`;
  if (top !== 'src' || second === undefined || third === undefined) return null;
  if (second !== 'ui') return `src/${second}`;
  if (fourth === undefined) return 'src/ui';
  return COMMON.has(third) ? `src/ui/${third}` : 'src/ui/page';
}

/**
 * Whether one file may import another: within a room always (two pages are two rooms), else as the table says.
 * @param {string} from
 * @param {string} to
 */
export function mayImport(from, to) {
  const [a, b] = [roomOf(from), roomOf(to)];
  if (a === null || b === null) return true;
  if (a === b) return a !== 'src/ui/page' || dirname(from).split('/')[2] === dirname(to).split('/')[2];
  return (ROOMS[a] ?? []).includes(b);
}

/** The file that a relative specifier names, as a path from the root. */
export function resolveImport(/** @type {string} */ from, /** @type {string} */ specifier) {
  return posix.normalize(posix.join(posix.dirname(from), specifier));
}

/** @type {import('eslint').Rule.RuleModule} */
const rooms = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { room: '{{from}} may not import {{to}} (the table of ARCHITECTURE.md).' },
  },
  create(context) {
    const from = relative(ROOT, context.filename).split(sep).join('/');
    const check = (/** @type {any} */ node) => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      if (!specifier.startsWith('.')) {
        if (roomOf(from) === 'src/core' || roomOf(from) === 'src/protocol')
          context.report({ node, messageId: 'room', data: { from: roomOf(from) ?? from, to: specifier } });
        return;
      }
      const to = resolveImport(from, specifier);
      if (mayImport(from, to)) return;
      context.report({ node, messageId: 'room', data: { from: roomOf(from) ?? from, to: roomOf(to) ?? to } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};
export const plugin = { rules: { rooms } };
