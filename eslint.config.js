import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import { plugin as house } from './tools/lint/rooms.mjs';

/**
 * Files may have 250 lines and functions 60 (blank lines and comments left out). What may be longer, and why:
 * an owner of state is one function whose inner functions share it, as a class has methods; a parser's inner functions share one position;
 * a table of options and a kernel's program are lists.
 */
const LONG_FUNCTIONS = [
  'src/core/benchmark/csv.ts',
  'src/core/benchmark/nodes.ts',
  'src/engines/local/engine.ts',
  'src/engines/remote/{engine,transport}.ts',
  'src/engines/remote/adapters/{llamacpp,openai,sglang,vllm}.ts',
  'src/run/progress.ts',
  'src/ui/models/care.svelte.ts',
  'src/ui/servers/connect.svelte.ts',
  'src/ui/shared/{bring,downloads,hub,live,run-data}.svelte.ts',
  'tools/evaluate/options.mjs',
  'tools/serve/remote.mjs',
  'tools/make/search/kernel.mjs',
  'workers/search/searcher.ts',
  'workers/vlm/text.ts',
];

export default ts.config(
  {
    ignores: [
      'dist',
      'node_modules',
      'results',
      'stubs',
      'public',
      'test-results',
      '.cache',
      'tools/make/families',
      'tools/make/inputs',
    ],
  },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: { projectService: { allowDefaultProject: ['*.js'] }, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-undef': 'off',
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    files: LONG_FUNCTIONS,
    rules: { 'max-lines-per-function': ['error', { max: 120, skipBlankLines: true, skipComments: true }] },
  },
  // A `describe` is a list of tests, and a walk a list of steps: their length says nothing.
  {
    files: ['test/**'],
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['src/**/*.{ts,svelte}', 'workers/**/*.ts'], plugins: { house }, rules: { 'house/rooms': 'error' } },
);
