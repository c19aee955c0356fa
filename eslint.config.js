import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/** The house rules of ARCHITECTURE.md: what each room must not import. */
function room(files, forbidden, message) {
  return {
    files,
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: forbidden.map((regex) => ({ regex, message })) },
      ],
    },
  };
}
const library = '^(?!\\.)';

export default ts.config(
  { ignores: ['dist', 'node_modules', 'results', 'stubs', 'public', 'test-results', '.cache', 'tools/families'] },
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
      'max-lines': ['warn', { max: 320, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
  room(
    ['src/core/**/*.ts'],
    [library, '/(protocol|store|run|ui|drive|bridge|workers)/'],
    'src/core is pure: it imports nothing outside itself.',
  ),
  room(['src/protocol/**/*.ts'], [library, '/(store|run|ui|drive|bridge|workers)/'], 'src/protocol imports only core.'),
  room(['workers/**/*.ts'], ['/src/(store|run|ui|drive|bridge)/'], 'workers import core and protocol only.'),
  room(
    ['src/store/**/*.ts'],
    ['/(ui|drive|bridge|workers)/', '^\\.\\./hub/', '/protocol/(?!model\\.ts$)', '/run/(?!types\\.ts$)'],
    'src/store imports core, storage libraries, and the types of what it keeps (protocol/model, run/types).',
  ),
  room(['src/hub/**/*.ts'], ['/(protocol|run|ui|drive|bridge|workers)/'], 'src/hub imports core, store and sw.'),
  room(['src/sw/**/*.ts'], ['/(core|protocol|store|hub|run|ui|drive|bridge|workers)/'], 'src/sw stands alone.'),
  room(['src/run/**/*.ts'], ['/(ui|drive)/', '/workers/'], 'src/run imports core, protocol, bridge and store.'),
  room(
    ['src/ui/**/*.{ts,svelte}', 'src/drive/**/*.ts'],
    ['/workers/', '/protocol/', '/bridge/'],
    'ui and drive see core, run and store; workers are behind run.',
  ),
);
