// Writes test/data/tables: one benchmark of two pairs in each of the forms in which programs and people leave tables and JSON.
//   node tools/make/inputs/tables.mjs
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OUT = join(import.meta.dirname, '..', '..', '..', 'test', 'data', 'tables');
const CRLF = '\r\n';
const NAMES = [
  'id',
  'question',
  'option_A',
  'option_B',
  'im_1',
  'im_2',
  'im_1_correct',
  'im_2_correct',
  'category_1',
  'category_2',
];
/** The two pairs, as every form of them must be read. */
const pair = (i, over = {}) => ({
  id: `p${i}`,
  question: 'On which side is the nodule?',
  option_A: 'The left lung',
  option_B: 'The right lung',
  im_1: `images/${2 * i - 1}.png`,
  im_2: `images/${2 * i}.png`,
  im_1_correct: 'A',
  im_2_correct: 'B',
  category_1: ['Pulmonary'],
  category_2: ['Pulmonary', 'Head and Neck'],
  ...over,
});
const pairs = [pair(1), pair(2)];
const python = (list) => `[${list.map((x) => `'${x}'`).join(', ')}]`;
const cells = (p, list = python) => NAMES.map((n) => (Array.isArray(p[n]) ? list(p[n]) : p[n]));
const quoted = (sep) => (c) => (c.includes(sep) || /["\r\n]/.test(c) ? `"${c.replaceAll('"', '""')}"` : c);
const table = (sep, { head = NAMES, rows = pairs.map((p) => cells(p)), end = CRLF } = {}) =>
  [head, ...rows].map((r) => r.map(quoted(sep)).join(sep)).join(end) + end;
const utf16 = (text, big, mark) => {
  const bytes = Buffer.from((mark ? '\uFEFF' : '') + text, 'utf16le');
  return big ? bytes.swap16() : bytes;
};
const csv = table(',');
const objects = Object.fromEntries(pairs.map(({ id, ...rest }) => [id, rest]));
const json = (value) => JSON.stringify(value, null, 1);
const columns = (made) => Object.fromEntries(NAMES.map((n) => [n, made(pairs.map((p) => p[n]))]));

/** name: [ending, content, warnings that are expected, told once or not]. */
const FORMS = {
  'csv-plain': ['csv', csv, 0],
  'csv-sep-line': ['csv', `sep=,${CRLF}${csv}`, 0],
  'csv-sep-line-semicolon': ['csv', `\uFEFF"sep=;"${CRLF}${table(';')}`, 0],
  'csv-sep-line-trailing': ['csv', `sep=;;;;;;;;;;${CRLF}${table(';')}`, 0],
  'csv-semicolon': ['csv', table(';'), 0],
  'csv-tab': ['csv', table('\t'), 0],
  'csv-bar': ['csv', table('|'), 0],
  tsv: ['tsv', table('\t', { end: '\n' }), 0],
  'csv-bom': ['csv', `\uFEFF${csv}`, 0],
  'csv-utf16le': ['csv', utf16(table('\t'), false, true), 0],
  'csv-utf16be': ['csv', utf16(csv, true, true), 0],
  'csv-utf16le-no-mark': ['csv', utf16(csv, false, false), 0],
  'csv-old-mac': ['csv', table(',', { end: '\r' }), 0],
  'csv-empty-rows': [
    'csv',
    `${csv}${','.repeat(9)}${CRLF}${CRLF} ,${','.repeat(8)}${CRLF}${' ,'.repeat(9)} ${CRLF}`,
    0,
  ],
  'csv-leading-empty-rows': ['csv', `${','.repeat(9)}${CRLF}${CRLF}${csv}`, 0],
  'csv-trailing-comma': ['csv', csv.replaceAll(CRLF, `,${CRLF}`).replace(/,\r\n$/, `,,${CRLF}`), 0],
  'csv-trailing-comma-rows-only': [
    'csv',
    csv
      .split(CRLF)
      .map((l, i) => (i > 0 && l !== '' ? `${l},,` : l))
      .join(CRLF),
    0,
  ],
  'csv-spaces-in-header': ['csv', csv.replace(NAMES.join(','), NAMES.join(', ')).replace(',A,B,', ',A , B,'), 0],
  'csv-space-behind-each-separator': [
    'csv',
    table(',')
      .split(CRLF)
      .map((l) => l.replace(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/g, ', '))
      .join(CRLF),
    0,
  ],
  'csv-capitals': ['csv', csv.replace(NAMES.join(','), NAMES.map((n) => n.toUpperCase()).join(',')), 0],
  'csv-words-in-header': [
    'csv',
    csv.replace(
      NAMES.join(','),
      'ID,Question,Option A,Option B,Im 1,IM-2,im 1 correct,im2correct,Category 1,category2',
    ),
    0,
  ],
  'csv-row-names-r': ['csv', table(',', { rows: pairs.map((p, i) => [String(i + 1), ...cells(p)]) }), 0],
  'csv-row-names-heading': [
    'csv',
    table(',', { head: ['', ...NAMES], rows: pairs.map((p, i) => [String(i + 1), ...cells(p)]) }),
    0,
  ],
  'csv-unnamed-index': [
    'csv',
    table(',', { head: ['Unnamed: 0', ...NAMES], rows: pairs.map((p, i) => [String(i), ...cells(p)]) }),
    0,
  ],
  'csv-all-quoted': [
    'csv',
    [NAMES, ...pairs.map((p) => cells(p))].map((r) => r.map((c) => `"${c}"`).join(',')).join('\n'),
    0,
  ],
  'csv-title-above': ['csv', `Confusing pairs, export of March${CRLF}${csv}`, 1],
  'csv-header-again': [
    'csv',
    `${csv.split(CRLF).slice(0, 2).join(CRLF)}${CRLF}${csv.split(CRLF)[0]}${CRLF}${csv.split(CRLF)[2]}${CRLF}`,
    1,
  ],
  'csv-numpy-lists': [
    'csv',
    table(',', { rows: pairs.map((p) => cells(p, (l) => `[${l.map((x) => `'${x}'`).join(' ')}]`)) }),
    0,
  ],
  'csv-json-lists': ['csv', table(',', { rows: pairs.map((p) => cells(p, JSON.stringify)) }), 0],
  'csv-r-lists': [
    'csv',
    table(',', { rows: pairs.map((p) => cells(p, (l) => `c(${l.map((x) => `"${x}"`).join(', ')})`)) }),
    null,
  ],
  'csv-semicolon-lists': [
    'csv',
    table(',', { rows: pairs.map((p) => cells(p, (l) => (l.length > 1 ? l.join('; ') : python(l)))) }),
    0,
  ],
  'csv-backslash-quotes': [
    'csv',
    table(',', { rows: pairs.map((p) => cells(p, JSON.stringify)) }).replaceAll('""', '\\"'),
    0,
  ],
  'csv-na': [
    'csv',
    table(',', {
      head: [...NAMES, 'im_1_local', 'im_2_local', 'cap_1', 'cap_2'],
      rows: pairs.map((p) => [...cells(p), 'NA', '', 'NaN', 'None']),
    }),
    0,
  ],
  'csv-single-quotes': [
    'csv',
    [NAMES, ...pairs.map((p) => cells(p, (l) => (l.length > 1 ? l.join('; ') : `["${l[0]}"]`)))]
      .map((r) => r.map((c) => `'${c.replaceAll("'", "''")}'`).join(','))
      .join('\n'),
    0,
  ],
  'csv-excel-text': ['csv', csv.replace(/^p(\d)/gm, '"=""p$1"""'), 0],
  'csv-control-z': ['csv', `${csv}\x1a`, 0],
  'csv-letters': ['csv', csv.replace(',A,B,', ',a,(b),').replace(',A,B,', ',A.,"B)",'), 1],
  'json-keyed': ['json', json(objects), 0],
  'json-list': ['json', json(pairs), 0],
  'json-bom': ['json', `\uFEFF${json(objects)}`, 0],
  'json-utf16': ['json', utf16(json(objects), false, true), 0],
  'json-lines': ['json', pairs.map((p) => JSON.stringify(p)).join('\n') + '\n', 0],
  jsonl: ['jsonl', pairs.map((p) => JSON.stringify(p)).join(CRLF) + CRLF + CRLF, 0],
  ndjson: ['ndjson', pairs.map((p) => JSON.stringify(p, null, 2)).join('\n'), 0],
  'json-wrapped-list': ['json', json({ data: pairs }), 0],
  'json-wrapped-object': ['json', json({ pairs: objects }), 0],
  'json-wrapped-with-version': ['json', json({ version: '1.0', questions: pairs, license: null }), 2],
  'json-columns': ['json', json(columns((values) => Object.fromEntries(values.map((v, i) => [String(i), v])))), 0],
  'json-columns-lists': ['json', json(columns((values) => values)), 0],
  'json-split': ['json', json({ columns: NAMES, index: [0, 1], data: pairs.map((p) => NAMES.map((n) => p[n])) }), 0],
  'json-boxed': [
    'json',
    json(pairs.map((p) => Object.fromEntries(Object.entries(p).map(([k, v]) => [k, Array.isArray(v) ? v : [v]])))),
    0,
  ],
  'json-capitals': [
    'json',
    json(pairs.map((p) => Object.fromEntries(Object.entries(p).map(([k, v]) => [k.toUpperCase(), v])))),
    10,
  ],
  'json-nan': [
    'json',
    json(pairs.map((p) => ({ ...p, im_1_local: '#', im_2_local: '#', cap_1: '#', cap_2: '#' }))).replaceAll(
      '"#"',
      'NaN',
    ),
    0,
  ],
  'json-infinity': ['json', json(pairs.map((p) => ({ ...p, DINO_sim: '#' }))).replaceAll('"#"', '-Infinity'), 0],
  'json-letters': [
    'json',
    json([
      pair(1, { im_1_correct: 'a', im_2_correct: '(b)' }),
      pair(2, { im_1_correct: ' A ', im_2_correct: 'Option B' }),
    ]),
    1,
  ],
  'json-full-width-letters': ['json', json([pair(1, { im_1_correct: 'Ａ', im_2_correct: '［Ｂ］' }), pair(2)]), 1],
};
const FOUND = (i, name) => pair(i, { im_1: name(2 * i - 1), im_2: name(2 * i) });
const PATHS = {
  'path-windows': (n) => `.\\images\\${n}.png`,
  'path-windows-absolute': (n) => `C:\\Users\\me\\My data\\images\\${n}.png`,
  'path-windows-long': (n) => `\\\\?\\C:\\Users\\me\\data\\images\\${n}.png`,
  'path-share': (n) => `\\\\server\\share\\images\\${n}.png`,
  'path-absolute': (n) => `/srv/sets/pairs/images/${n}.png`,
  'path-file-url': (n) => `file:///C:/Users/me/My%20data/images/${n}.png`,
  'path-file-host': (n) => `file://localhost/srv/images/${n}.png`,
  'path-home': (n) => `~/data/images/${n}.png`,
  'path-web': (n) => `https://example.org/set/images/${n}.png?width=512#top`,
  'path-query': (n) => `images/${n}.png?width=512`,
  'path-percent': (n) => `images%2F${n}.png`,
  'path-percent-twice': (n) => `images%252F${n}.png`,
  'path-dots': (n) => `./images/../images/./${n}.png`,
  'path-spaces': (n) => ` images/${n}.png `,
  'path-capitals': (n) => `Images/${n}.PNG`,
};
for (const [name, written] of Object.entries(PATHS))
  FORMS[name] = ['json', json([FOUND(1, written), FOUND(2, written)]), null];

rmSync(OUT, { recursive: true, force: true });
const expected = { pairs, warnings: Object.fromEntries(Object.entries(FORMS).map(([name, form]) => [name, form[2]])) };
mkdirSync(OUT, { recursive: true });
writeFileSync(join(OUT, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`);
for (const [name, [ending, content]] of Object.entries(FORMS)) {
  mkdirSync(join(OUT, name), { recursive: true });
  writeFileSync(join(OUT, name, `dataset.${ending}`), content);
}
