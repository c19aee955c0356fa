// Inputs of the kinds that docs/compatibility.md lists, one for each report that they were rebuilt from: benchmarks, prompt sets, a result file, and what is
// changed in the demo model's folder. Tests take them from here; to try them by hand:
//   node tools/make/inputs/cases.mjs DIR
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const DEMO = join(ROOT, 'public', 'models', 'phantom-vlm');
const PICTURES = join(ROOT, 'public', 'benchmarks', 'phantoms', 'data', 'images');

/**
 * One of two pairs about four pictures.
 * @param {number} i 1 or 2
 * @param {Record<string, unknown>} [over]
 * @returns {Record<string, unknown>}
 */
const pair = (i, over = {}) => ({
  im_1: `images/${2 * i - 1}.png`,
  im_2: `images/${2 * i}.png`,
  question: 'On which side is the nodule?',
  option_A: 'The left lung',
  option_B: 'The right lung',
  im_1_correct: 'A',
  im_2_correct: 'B',
  category_1: ['Pulmonary'],
  category_2: ['Pulmonary'],
  ...over,
});

const HEAD = 'id,question,option_A,option_B,im_1,im_2,im_1_correct,im_2_correct,category_1,category_2';
/** @param {number} i */
const row = (i) =>
  `p${i},On which side is the nodule?,The left lung,The right lung,images/${2 * i - 1}.png,images/${2 * i}.png,A,B,"['Pulmonary']","['Pulmonary']"`;
/** @param {readonly string[]} lines */
const csv = (...lines) => ({ path: 'dataset.csv', text: `${lines.join('\r\n')}\r\n` });
/** @param {unknown} value */
const json = (value) => ({ path: 'dataset.json', text: JSON.stringify(value, null, 1) });
/**
 * @param {Record<string, unknown>} one
 * @param {Record<string, unknown>} [two]
 */
const both = (one, two = {}) => json({ p1: pair(1, one), p2: pair(2, two) });
const listed = [1, 2].map((i) => ({ id: `p${i}`, ...pair(i) }));

/** Question files; their pictures are 1.png to 4.png, and `left lung é.png` beside them. */
export const BENCHMARKS = {
  plain: both({}),
  '10a-sep': csv('sep=,', HEAD, row(1), row(2)),
  '10b-empty-rows': csv(HEAD, row(1), row(2), ','.repeat(9), ','.repeat(9), ` ,${','.repeat(8)}`),
  '10c-trailing-comma': csv(`${HEAD},`, `${row(1)},`, `${row(2)},,`),
  '10d-spaces': csv(HEAD.replaceAll(',', ', '), row(1).replace(',A,B,', ',A , B,'), row(2)),
  '11-special-tokens': both(
    { question: 'What does <|end|> in the report header mean for the nodule?' },
    { option_A: '<|pad|> artefact', option_B: 'Right <|assistant|> lung' },
  ),
  '12-same-to-a-reader': both({ option_A: 'Caf\u00e9-au-lait spot', option_B: 'Cafe\u0301-au-lait spot' }),
  '12b-two-spaces': both({ option_A: 'left lung', option_B: 'left  lung' }),
  '12c-zero-width': both({ option_A: 'left lung', option_B: 'left\u200b lung' }),
  '13-long': both({ question: `${'Describe the finding. '.repeat(300)}On which side is the nodule?` }),
  '14-big-ids': {
    path: 'dataset.json',
    text: json(listed).text.replace('"p1"', '1152921504606846977').replace('"p2"', '1152921504606846978'),
  },
  '15a-lower': both({ im_1_correct: 'a', im_2_correct: 'b' }, { im_1_correct: '(a)', im_2_correct: '(b)' }),
  '15b-numbers': both({ option_A: 3, option_B: 4 }, { im_1_correct: 0, im_2_correct: 1 }),
  '15c-lines': { path: 'dataset.json', text: `${listed.map((p) => JSON.stringify(p)).join('\n')}\n` },
  '15d-wrapped': json({ data: listed }),
  '15e-wrapped-twice': json({ result: { data: listed } }),
  '17-percent': both(
    { im_1: 'images/left%20lung%20%C3%A9.png', im_2: 'images/2.png' },
    { im_1: 'images/3.png?width=512', im_2: './images/../images/4.png' },
  ),
  '25-right-to-left': both(
    { question: 'في أي جانب العقدة (CT, 5 mm)?', option_A: 'الرئة اليسرى (LUL)', option_B: 'الرئة اليمنى (RUL)' },
    { question: '🫁 Which lung? 👉', option_A: '🫁⬅️ left', option_B: '🫁➡️ right' },
  ),
};

/**
 * @param {string} name
 * @param {string} letter
 * @param {Record<string, unknown>} [more]
 */
const set = (name, letter, more = {}) => JSON.stringify({ name, prompts: { letter, open: '{q}' }, ...more });
const SHOT = { image: 'shot.png', question: 'SHOT?', options: { A: 'left', B: 'right' }, answer: 'A' };
const LETTER = '{q}\nA: {a}\nB: {b}\nAnswer:';

/** Prompt sets, as their files hold them. */
export const PROMPTS = {
  '02-double-braces': set('braces', LETTER.replace(/\{(\w)\}/g, '{{$1}}')),
  '02b-format': set('format', LETTER.replace('{q}', '{q:s}')),
  '02c-repr': set('repr', LETTER.replace('{q}', '{q!r}')),
  '02d-spaces': set('spaces', LETTER.replace('{q}', '{ q }')),
  '02e-dollar': set('dollar', LETTER.replace('{q}', '${q}')),
  '09-few-shot': set('one shot', LETTER, { fewShot: { preamble: 'PREAMBLE', shots: [SHOT] } }),
  '19-image-token': set('with image token', `<image>\n${LETTER}`),
  '19b-numbered': set('with numbered image', `<image 1>\n${LETTER}`),
  '24-system': set('with system', LETTER, { system: 'You are a radiologist.' }),
};

/**
 * @param {string} text
 * @param {string} [chosen]
 */
const answer = (text, chosen) => ({ full_answer: text, A: chosen === 'A' ? 10 : 0, B: chosen === 'B' ? 10 : 0 });

/** An official result file of MC for `plain` (case 03). */
export const REPEATS = {
  path: 'repeats_mc.json',
  text: JSON.stringify({
    p1: { answer: { im1: answer('A: The left lung\nB: The right lung'), im2: answer('**Answer:** B', 'B') } },
    p2: { answer: { im1: answer('A, B', 'B'), im2: answer('<think>\nA: maybe the left\n</think>\nB') } },
  }),
};

const TURN = "{{ '<|assistant|>' }}";

/**
 * What is changed in the demo model's chat template.
 * @type {Record<'01-thinking' | '05-date' | '24-no-system', (template: string) => string>}
 */
export const TEMPLATES = {
  '01-thinking': (t) =>
    t.replace(
      TURN,
      `${TURN}{% if enable_thinking is defined and enable_thinking is false %}{{ '<think>\\n\\n</think>\\n\\n' }}{% else %}{{ '<think>\\n' }}{% endif %}`,
    ),
  '05-date': (t) => `{{ '<|system|>Today is ' + strftime_now('%Y-%m-%d') + '.<|end|>' }}${t}`,
  '24-no-system': (t) =>
    `{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% endfor %}${t}`,
};

/**
 * Writes all of them below a folder.
 * @param {string} out
 */
function writeCases(out) {
  const put = (/** @type {string} */ path, /** @type {string} */ text) => {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), text);
  };
  for (const [name, { path, text }] of Object.entries(BENCHMARKS)) {
    put(`benchmarks/${name}/${path}`, text);
    mkdirSync(join(out, 'benchmarks', name, 'images'), { recursive: true });
    for (const [i, file] of ['1.png', '2.png', '3.png', '4.png', 'left lung é.png'].entries())
      copyFileSync(join(PICTURES, `${1001 + i}.png`), join(out, 'benchmarks', name, 'images', file));
  }
  for (const [name, text] of Object.entries(PROMPTS)) put(`prompts/${name}.json`, text);
  put(`results/${REPEATS.path}`, REPEATS.text);
  for (const [name, change] of Object.entries(TEMPLATES)) {
    cpSync(DEMO, join(out, 'models', name), { recursive: true });
    const config = JSON.parse(readFileSync(join(DEMO, 'tokenizer_config.json'), 'utf8'));
    put(
      `models/${name}/tokenizer_config.json`,
      JSON.stringify({ ...config, chat_template: change(config.chat_template) }),
    );
  }
}

const [, script, out] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href) {
  if (out === undefined) throw new Error('Name the folder that the cases go to.');
  writeCases(out);
}
