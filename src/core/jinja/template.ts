import { parse } from './parse.ts';
import { render } from './render.ts';
import { scopeOf } from './scope.ts';
import { setBeforeRead } from './symbols.ts';
import { fromJson, func, iterate, JinjaError, Seq, Space, Undefined, whole, type Value } from './values.ts';
import { str } from './text.ts';
import { strftime } from '../chat/date.ts';

/** A chat template, read. */
export interface JinjaTemplate {
  /**
   * @param values what the template is given, as JSON
   * @param date the day that `strftime_now` writes, YYYY-MM-DD
   * @throws JinjaError what the template raises, where Jinja2 would raise, and for what Lookalike lacks
   */
  render(values: Readonly<Record<string, unknown>>, date: string): string;
}

/**
 * Reads a template as transformers does: Jinja2 in a sandbox with `trim_blocks`, `lstrip_blocks`, loop controls and `{% generation %}`
 * (chat_template_utils.py, `_compile_jinja_template`).
 * @throws JinjaError for one that is broken or uses what Lookalike lacks
 */
export function readTemplate(source: string): JinjaTemplate {
  const nodes = parse(source);
  const unset = setBeforeRead(nodes);
  return {
    render: (values, date) => {
      const given = Object.entries(values).map(([name, value]) => [name, fromJson(value)] as const);
      const globals = scopeOf(new Map([...functions(date), ...given]));
      const scope = globals.inner();
      for (const name of unset) scope.set(name, new Undefined(`'${name}' is undefined`));
      return render(nodes, scope);
    },
  };
}

/** The functions that transformers gives to templates, with a date that stands still. */
function functions(date: string): readonly (readonly [string, Value])[] {
  return [
    [
      'raise_exception',
      func(([words = null]) => {
        throw new JinjaError(str(words));
      }),
    ],
    ['strftime_now', func(([format = '']) => strftime(date, str(format)))],
    ['range', func((args) => range(args.map((a) => whole(a, 'range'))))],
    ['namespace', func((args, named) => new Space('namespace', new Map([...pairs(args), ...named])))],
    ['dict', func((args, named) => new Map<Value, Value>([...pairs(args), ...named]))],
  ];
}

/** The entries of a dict, or of a list of pairs. */
function pairs([source = null]: readonly Value[]): readonly (readonly [string, Value])[] {
  if (source === null) return [];
  const entries = source instanceof Map ? [...source] : iterate(source).map((pair) => iterate(pair));
  return entries.map(([key = null, value = null]) => [str(key), value]);
}

/** The most that a sandboxed template may count to. */
const MOST = 100_000;

function range(args: readonly number[]): Seq {
  const [start, stop = start] = args.length === 1 ? [0, args[0]] : args;
  const step = args[2] ?? 1;
  if (start === undefined || stop === undefined || step === 0)
    throw new JinjaError('range() is given what it cannot count');
  const out: number[] = [];
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) {
    if (out.length >= MOST)
      throw new JinjaError(`Range too big. The sandbox blocks ranges larger than MAX_RANGE (${MOST}).`);
    out.push(i);
  }
  return new Seq('range', out);
}
