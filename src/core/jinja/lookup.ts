import { methodOf } from './methods.ts';
import { JinjaError, lacks, Markup, Seq, Space, typeName, Undefined, type Value } from './values.ts';

/** `value.name`: what Python's attribute would be, else the item of that name. */
export function attribute(value: Value, name: string): Value {
  if (value instanceof Undefined) throw new JinjaError(value.why);
  const found = own(value, name);
  return found === undefined ? present(under(value, name), value, name) : found;
}

/** `value[key]`: the item of that key, else what Python's attribute would be. */
export function item(value: Value, key: Value): Value {
  if (value instanceof Undefined) throw new JinjaError(value.why);
  const found = under(value, key);
  return found === undefined && typeof key === 'string'
    ? present(own(value, key), value, key)
    : present(found, value, key);
}

/** A method, an attribute of a loop or a namespace, or a named tuple's item; undefined for none. */
function own(value: Value, name: string): Value | undefined {
  if (name.startsWith('__'))
    throw new JinjaError(`access to attribute '${name}' of '${typeName(value)}' object is unsafe.`);
  if (value instanceof Space) return value.values.get(name);
  if (value instanceof Seq && value.names.includes(name)) return value.items[value.names.indexOf(name)];
  if (value instanceof Markup) return lacks(`'${name}' of a text marked safe`);
  return methodOf(value, name) ?? undefined;
}

/** What stands under a key or at a place; undefined for nothing. */
function under(value: Value, key: Value): Value | undefined {
  if (value instanceof Map) return value.get(key);
  const place = typeof key === 'number' ? key : typeof key === 'boolean' ? Number(key) : null;
  if (place === null) return undefined;
  if (typeof value === 'string') return [...value].at(place);
  if (value instanceof Markup) return [...value.text].at(place);
  if (Array.isArray(value)) return value.at(place);
  return value instanceof Seq && value.kind !== 'view' ? value.items.at(place) : undefined;
}

function present(found: Value | undefined, value: Value, key: Value): Value {
  if (found !== undefined) return found;
  const of = value === null ? 'None' : `'${typeName(value)} object'`;
  return new Undefined(
    typeof key === 'string'
      ? `${of} has no attribute '${key}'`
      : `${typeName(value)} object has no element ${String(key)}`,
  );
}
