import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTemplate } from '../../../src/core/jinja/template.ts';

/** What Jinja2 makes of each construct (tools/make/templates/make_constructs.py). */
interface Construct {
  readonly kind: string;
  readonly template: string;
  readonly rendered?: string;
  readonly error?: string;
}

const { values, cases } = JSON.parse(
  readFileSync(new URL('../../templates/constructs.json', import.meta.url), 'utf8'),
) as { readonly values: Readonly<Record<string, unknown>>; readonly cases: readonly Construct[] };
const DATE = '2024-07-26';

/** What Jinja2 renders and is refused here by name. */
const REFUSED: Readonly<Record<string, string>> = {
  '{{ range(3) }}': 'writing out a range',
  '{{ d.items() }}': 'writing out a dict view',
  '{{ {1: none, true: 2} | tojson }}': 'a dict with numbers and truths as keys',
  "{{ ('<' | safe) + 'a' }}": "'+' on a text marked safe",
  "{{ 'abcdef' | truncate(3) }}": "the filter 'truncate'",
  '{% for x in numbers recursive %}{{ x }}{% endfor %}': 'a recursive loop',
  '{% for i in [1] %}{{ loop }}{% endfor %}': 'writing out a LoopContext',
  '{% block a %}x{% endblock %}': "the tag 'block'",
};

const render = ({ template }: Pick<Construct, 'template'>): string => readTemplate(template).render(values, DATE);
const kinds = [...new Set(cases.map((c) => c.kind))];

describe('constructs of chat templates are rendered as Jinja2 renders them, or refused', () => {
  it.each(kinds)('%s', (kind) => {
    for (const construct of cases.filter((c) => c.kind === kind)) {
      const { template, rendered } = construct;
      const refused = REFUSED[template];
      if (refused !== undefined)
        expect(() => render(construct), template).toThrow(`${refused} is a part of Jinja that Lookalike lacks`);
      else if (rendered === undefined) expect(() => render(construct), template).toThrow();
      else expect(render(construct), template).toBe(rendered);
    }
  });
  it('every kind is there, and a template raises its own words', () => {
    expect(cases.length).toBeGreaterThan(290);
    expect(Object.keys(REFUSED).filter((template) => !cases.some((c) => c.template === template))).toEqual([]);
    expect(() => render({ template: "{{ raise_exception('Roles must alternate') }}" })).toThrow('Roles must alternate');
  });
  it('what a template does to its values reaches neither the next rendering nor the caller', () => {
    const template = readTemplate(
      '{% set ns = namespace(x=1) %}{% set ns.x = ns.x + 1 %}{{ ns.x }}{% set messages = [] %}',
    );
    expect([template.render(values, DATE), template.render(values, DATE)]).toEqual(['2', '2']);
  });
});
