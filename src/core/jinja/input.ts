import { str } from './text.ts';
import { JinjaError, whole, type Named, type Value } from './values.ts';

/** A filter: of a value, with what stands in its brackets. */
export type Filter = (value: Value, input: Input) => Value;

/** The arguments of a filter by place or name, and what it may call upon. */
export interface Input {
  readonly args: readonly Value[];
  readonly named: Named;
  /** undefined: not given */
  value(place: number, name: string): Value | undefined;
  has(place: number, name: string): boolean;
  /** @throws JinjaError where it is not given */
  needed(place: number, name: string): Value;
  /** A text; null for none. */
  maybe(place: number, name: string): string | null;
  count(place: number, name: string, fallback: number): number;
  /** An item or attribute of a value, as `value[key]` finds it. */
  item(value: Value, key: Value): Value;
  /** Another filter or test by name. */
  filter(name: string, value: Value, args: readonly Value[], named: Named): Value;
  test(name: string, value: Value, args: readonly Value[]): boolean;
}

/** What filters need of the engine. */
export type Upon = Pick<Input, 'item' | 'filter' | 'test'>;

export function inputOf(filter: string, args: readonly Value[], named: Named, upon: Upon): Input {
  const value: Input['value'] = (place, name) => (place < args.length ? args[place] : named.get(name));
  return {
    ...upon,
    args,
    named,
    value,
    has: (place, name) => place < args.length || named.has(name),
    needed: (place, name) => {
      const found = value(place, name);
      if (found !== undefined) return found;
      throw new JinjaError(`the filter '${filter}' misses its argument '${name}'`);
    },
    maybe: (place, name) => {
      const found = value(place, name);
      return found === undefined || found === null ? null : str(found);
    },
    count: (place, name, fallback) => {
      const found = value(place, name);
      return found === undefined || found === null ? fallback : whole(found, filter);
    },
  };
}
