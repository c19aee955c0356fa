/**
 * A command as it was typed, as results name it: what a shell would take apart is quoted.
 * @param {import('./types.ts').Call} call
 */
export function typed({ called, argv }) {
  return [called, ...argv.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : JSON.stringify(arg)))].join(' ');
}
