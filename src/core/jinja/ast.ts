import type { Value } from './values.ts';

/** What can be computed, as Jinja2's nodes are. */
export type Expr =
  | { readonly kind: 'const'; readonly value: Value }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list' | 'tuple'; readonly items: readonly Expr[] }
  | { readonly kind: 'dict'; readonly items: readonly (readonly [Expr, Expr])[] }
  | { readonly kind: 'attribute'; readonly of: Expr; readonly name: string }
  | { readonly kind: 'item'; readonly of: Expr; readonly at: Expr }
  | {
      readonly kind: 'slice';
      readonly of: Expr;
      readonly from: Expr | null;
      readonly to: Expr | null;
      readonly step: Expr | null;
    }
  | { readonly kind: 'call'; readonly callee: Expr; readonly args: Args }
  | { readonly kind: 'filter'; readonly of: Expr | null; readonly name: string; readonly args: Args }
  | { readonly kind: 'test'; readonly of: Expr; readonly name: string; readonly args: Args }
  | { readonly kind: 'not' | 'minus' | 'plus'; readonly of: Expr }
  | { readonly kind: 'and' | 'or'; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'binary'; readonly sign: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'concat'; readonly items: readonly Expr[] }
  | { readonly kind: 'compare'; readonly first: Expr; readonly rest: readonly (readonly [string, Expr])[] }
  | { readonly kind: 'if'; readonly test: Expr; readonly then: Expr; readonly otherwise: Expr | null };

export interface Args {
  readonly plain: readonly Expr[];
  readonly named: readonly (readonly [string, Expr])[];
  /** Behind `*` and `**`. */
  readonly spread: Expr | null;
  readonly namedSpread: Expr | null;
}

/** What a value is given to. */
export type Target =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: string; readonly name: string }
  | { readonly kind: 'targets'; readonly items: readonly Target[] };

export interface Parameter {
  readonly name: string;
  readonly fallback: Expr | null;
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'write'; readonly value: Expr }
  | { readonly kind: 'if'; readonly test: Expr; readonly body: readonly Node[]; readonly otherwise: readonly Node[] }
  | {
      readonly kind: 'for';
      readonly target: Target;
      readonly items: Expr;
      readonly test: Expr | null;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | { readonly kind: 'set'; readonly target: Target; readonly value: Expr }
  | {
      readonly kind: 'set-block';
      readonly target: Target;
      readonly filter: Expr | null;
      readonly body: readonly Node[];
    }
  | { readonly kind: 'with'; readonly values: readonly (readonly [Target, Expr])[]; readonly body: readonly Node[] }
  | { readonly kind: 'filter-block'; readonly filter: Expr; readonly body: readonly Node[] }
  /** A scope of its own, as `{% generation %}` is. */
  | { readonly kind: 'scope'; readonly body: readonly Node[] }
  | Macro
  | { readonly kind: 'call-block'; readonly call: Expr; readonly caller: Macro }
  | { readonly kind: 'break' | 'continue' };

export interface Macro {
  readonly kind: 'macro';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Node[];
}
