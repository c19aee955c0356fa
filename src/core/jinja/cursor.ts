import type { Token } from './lexer.ts';
import { JinjaError } from './values.ts';

/** Where a parser stands in a template's tokens. */
export interface Cursor {
  /** Whether the next token is an operator, closing mark or name of this value. */
  is(kind: Token['kind'], value?: string): boolean;
  isName(...names: readonly string[]): boolean;
  /** The token `ahead` places on. */
  peek(ahead?: number): Token | undefined;
  /** Takes the next token if it is this one. */
  skip(kind: Token['kind'], value: string): boolean;
  /** Takes the next token. @throws JinjaError if it is another */
  take(kind: Token['kind'], value?: string): Token;
  /** @throws JinjaError always, naming what was found */
  unexpected(wanted?: string): never;
}

export function cursorOf(tokens: readonly Token[]): Cursor {
  let at = 0;
  const is: Cursor['is'] = (kind, value) =>
    tokens[at]?.kind === kind && (value === undefined || tokens[at]?.value === value);
  const unexpected = (wanted?: string): never => {
    const found = tokens[at];
    const words = found === undefined ? 'unexpected end of template' : `unexpected '${found.value}'`;
    throw new JinjaError(wanted === undefined ? words : `${words}, expected ${wanted}`);
  };
  const cursor: Cursor = {
    is,
    isName: (...names) => names.some((name) => is('name', name)),
    peek: (ahead = 0) => tokens[at + ahead],
    skip: (kind, value) => {
      const found = is(kind, value);
      if (found) at++;
      return found;
    },
    take: (kind, value) => {
      const token = tokens[at];
      if (token === undefined || !is(kind, value)) return unexpected(`'${value ?? kind}'`);
      at++;
      return token;
    },
    unexpected,
  };
  return cursor;
}
