/** The text of --help, made from what commands declare. */

const WIDTH = 140;

/**
 * Words broken into lines of a width.
 * @param {string} text
 * @param {number} width
 * @returns {string[]}
 */
export function wrap(text, width) {
  /** @type {string[]} */
  const lines = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/**
 * Two columns: names, and what they mean.
 * @param {readonly (readonly [string, string])[]} rows
 */
function columns(rows) {
  const left = Math.min(22, Math.max(...rows.map(([name]) => name.length))) + 2;
  const pad = ' '.repeat(left + 2);
  return rows.map(([name, meaning]) => {
    const lines = wrap(meaning, WIDTH - left - 2).join(`\n${pad}`);
    return name.length + 2 > left ? `  ${name}\n${pad}${lines}` : `  ${name.padEnd(left)}${lines}`;
  });
}

/**
 * Paragraphs, each wrapped by itself.
 * @param {string} text
 */
function paragraphs(text) {
  return text.split('\n').map((line) => wrap(line, WIDTH).join('\n'));
}

/**
 * The help of one command.
 * @param {import('./types.ts').Command} command
 * @param {import('./types.ts').Options} options
 * @param {string} called how it was called: `npm run evaluate --`
 */
export function commandHelp({ summary, about, positionals, notes }, options, called) {
  const first = [called, ...(positionals ? [positionals.value] : []), '[options]'].join(' ');
  const rows = Object.entries(options).map(
    ([name, option]) =>
      /** @type {const} */ ([`--${name}${'value' in option ? ` ${option.value}` : ''}`, option.meaning]),
  );
  return [
    first,
    '',
    ...paragraphs(`${summary[0]?.toUpperCase()}${summary.slice(1)}.${about === '' ? '' : ` ${about}`}`),
    '',
    ...columns([
      ...(positionals ? [/** @type {const} */ ([positionals.value, positionals.meaning])] : []),
      ...rows,
      ['--help', 'this text'],
    ]),
    ...(notes === undefined ? [] : ['', ...paragraphs(notes)]),
    '',
  ].join('\n');
}

/**
 * The list of all commands.
 * @param {readonly {name: string, summary: string}[]} commands
 */
export function overview(commands) {
  return [
    'lookalike COMMAND [options]',
    '',
    'Measures, on your own device, whether a vision-language model can tell apart radiology images that look alike.',
    '',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    '`lookalike COMMAND --help` describes one; each is also an npm script: `npm run COMMAND -- [options]`.',
    'Exit codes of all: 0 done; 2 wrong arguments or unreadable input; 3 something that is needed could not be had; 130 stopped by Ctrl-C.',
    'A command that knows further ones names them in its help.',
    '',
  ].join('\n');
}
