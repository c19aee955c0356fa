import { SPACE } from './text.ts';
import { JinjaError } from './values.ts';

/** A piece of a template: text to write, a mark that opens or closes code, or a piece of code. */
export interface Token {
  readonly kind: 'text' | 'open' | 'close' | 'name' | 'string' | 'integer' | 'float' | 'operator';
  /** The text, the name, the string's value, the number's digits, the sign; `{%`, `{{`, `%}` or `}}` of marks. */
  readonly value: string;
}

const WHITE = `[${SPACE}]`;
/** The next mark that opens something, with the sign that governs the white space before it. */
const OPENING = new RegExp(`\\{%([-+]?)${WHITE}*raw${WHITE}*(?:-%\\}${WHITE}*|%\\})|(\\{%|\\{\\{|\\{#)([-+]?)`, 'gu');
const COMMENT_END = new RegExp(`\\+#\\}|-#\\}${WHITE}*|#\\}\\n?`, 'gu');
const RAW_END = new RegExp(`\\{%([-+]?)${WHITE}*endraw${WHITE}*(?:\\+%\\}|-%\\}${WHITE}*|%\\}\\n?)`, 'gu');
const CODE_END: Readonly<Record<string, RegExp>> = {
  '{%': new RegExp(`\\+%\\}|-%\\}${WHITE}*|%\\}\\n?`, 'uy'),
  '{{': new RegExp(`-\\}\\}${WHITE}*|\\}\\}`, 'uy'),
};
const CODE = new RegExp(
  [
    `(?<space>${WHITE}+)`,
    '(?<float>(?<!\\.)\\d+(?:_\\d+)*(?:\\.\\d+(?:_\\d+)*(?:[eE][-+]?\\d+)?|[eE][-+]?\\d+))',
    '(?<integer>0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\\da-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*)',
    '(?<name>[\\p{L}_][\\p{L}\\p{N}\\p{Mn}_]*)',
    `(?<string>'(?:[^'\\\\]|\\\\[^])*'|"(?:[^"\\\\]|\\\\[^])*")`,
    '(?<operator>\\*\\*|//|==|!=|>=|<=|[-+/*%~\\[\\](){}<>=.:|,;])',
  ].join('|'),
  'uy',
);

/**
 * A template's tokens, by Jinja2's rules with `trim_blocks` and `lstrip_blocks`, as transformers sets them.
 * @throws JinjaError for what no rule takes
 */
export function tokenize(template: string): readonly Token[] {
  const source = template.replace(/\r\n?/g, '\n').replace(/\n$/, '');
  const tokens: Token[] = [];
  let at = 0;
  // Whether what stands at `at` begins a line: then white space before a block or comment goes.
  let lineStart = true;
  const text = (value: string): void => {
    if (value !== '') tokens.push({ kind: 'text', value });
  };
  const upTo = (end: RegExp, what: string): RegExpExecArray => {
    end.lastIndex = at;
    const found = end.exec(source);
    if (found === null) throw new JinjaError(`Missing end of ${what}`);
    at = found.index + found[0].length;
    lineStart = found[0].endsWith('\n');
    return found;
  };
  for (;;) {
    OPENING.lastIndex = at;
    const found = OPENING.exec(source);
    if (found === null) {
      text(source.slice(at));
      return tokens;
    }
    const [whole, rawSign, mark, sign = rawSign ?? ''] = found;
    text(trimmed(source.slice(at, found.index), sign, mark !== '{{', lineStart));
    at = found.index + whole.length;
    lineStart = whole.endsWith('\n');
    if (mark === '{#') upTo(COMMENT_END, 'comment tag');
    else if (mark === undefined) {
      const [from, begins] = [at, lineStart];
      const end = upTo(RAW_END, 'raw directive');
      text(trimmed(source.slice(from, end.index), end[1] ?? '', true, begins));
    } else {
      tokens.push({ kind: 'open', value: mark });
      at = code(source, at, mark, tokens);
      lineStart = source[at - 1] === '\n';
    }
  }
}

/** The text before a mark, without the white space that the mark's sign, or its standing alone on its line, takes away. */
function trimmed(text: string, sign: string, block: boolean, lineStart: boolean): string {
  if (sign === '-') return text.replace(new RegExp(`${WHITE}+$`, 'u'), '');
  if (sign === '+' || !block) return text;
  const line = text.lastIndexOf('\n') + 1;
  const blank = (line > 0 || lineStart) && new RegExp(`^${WHITE}+$`, 'u').test(text.slice(line));
  return blank ? text.slice(0, line) : text;
}

/** Reads code up to its closing mark; returns where that ends. Within brackets a closing mark is code. */
function code(source: string, from: number, mark: string, tokens: Token[]): number {
  const end = CODE_END[mark];
  const open: string[] = [];
  let at = from;
  while (at < source.length) {
    if (end && open.length === 0) {
      end.lastIndex = at;
      const closing = end.exec(source);
      if (closing !== null) {
        tokens.push({ kind: 'close', value: mark === '{%' ? '%}' : '}}' });
        return at + closing[0].length;
      }
    }
    CODE.lastIndex = at;
    const found = CODE.exec(source);
    if (found === null) throw new JinjaError(`unexpected char ${JSON.stringify(source[at])} at ${at}`);
    const token = tokenOf(found.groups ?? {});
    if (token !== null) {
      balance(token, open);
      tokens.push(token);
    }
    at += found[0].length;
  }
  throw new JinjaError('unexpected end of template');
}

const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

function balance({ kind, value }: Token, open: string[]): void {
  if (kind !== 'operator') return;
  if ('([{'.includes(value)) open.push(value);
  else if (CLOSES[value] !== undefined && open.pop() !== CLOSES[value]) throw new JinjaError(`unexpected '${value}'`);
}

function tokenOf(groups: Readonly<Record<string, string | undefined>>): Token | null {
  const { space, float, integer, name, string, operator = '' } = groups;
  if (space !== undefined) return null;
  if (float !== undefined) return { kind: 'float', value: float.replaceAll('_', '') };
  if (integer !== undefined) return { kind: 'integer', value: integer.replaceAll('_', '') };
  if (name !== undefined) return { kind: 'name', value: name };
  if (string !== undefined) return { kind: 'string', value: unescape(string.slice(1, -1)) };
  return { kind: 'operator', value: operator };
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\x07' },
  ...{ "'": "'", '"': '"', '\\': '\\', '\n': '' },
};

/** Python's escapes; a backslash before any other character stays. */
function unescape(text: string): string {
  return text.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|(N\{[^}]*\}|[xuUN])|([^]))/gu,
    (found, x?: string, u?: string, long?: string, octal?: string, bad?: string, one?: string) => {
      if (bad !== undefined) throw new JinjaError(`the escape ${found} is not understood`);
      const hex = x ?? u ?? long;
      if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
      if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
      return ESCAPES[one ?? ''] ?? found;
    },
  );
}
