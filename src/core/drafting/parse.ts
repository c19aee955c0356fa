import { splitThought } from '../chat/thought.ts';
import { jsonFields, jsonLines, type Fields } from './json-reply.ts';
import { bareValue, linesOf, type Line } from './lines.ts';
import { sentenceAnswers } from './sentences.ts';
import { brokenRule, type Question, type Reason } from './rules.ts';

/** What a writer's reply is. */
export type Reading =
  | ({ readonly kind: 'draft'; readonly way: 'strict' | 'tolerant' } & Question)
  /** The writer says that the captions tell no difference. */
  | { readonly kind: 'none' }
  /** Readable, and against a rule of the prompt; or not readable. */
  | { readonly kind: 'invalid' | 'unreadable'; readonly reason: Reason; readonly message: string };

type Refusal = Extract<Reading, { kind: 'invalid' | 'unreadable' }>;

const STRICT = /^Question: (.+)\nOption1: (.+)\nOption2: (.+)\n+Image1: (.+)\nImage2: (.+)$/;
const NONE = /^(?:none|n\/?a|no question|null|not possible|no difference)[.!]?$/i;

/** Reads a reply to A.1: as the prompt asks for it, else in any of the forms that models really write; the reason where it is no draft. */
export function readReply(reply: string): Reading {
  if (reply.trim() === '') return unreadable('empty', 'The reply is empty.');
  const { answer } = splitThought(reply, false);
  if (answer === null) return unreadable('in-thought', "The reply ended inside the model's thought.");
  const text = answer.trim();
  if (/^Question: none$/.test(text)) return { kind: 'none' };
  const m = STRICT.exec(text);
  if (m) {
    const [, question = '', one = '', two = '', first = '', second = ''] = m.map((x) => x.trim());
    const options = [one, two] as const;
    const answers = [options.indexOf(first), options.indexOf(second)] as const;
    const numbered = unlabelled([one, two])[0] !== one || TOLD.test(one);
    const decorated = numbered || m.some((x, i) => i > 0 && bareValue(x.replace(/\*\*|__|`/g, '')) !== x.trim());
    if (!decorated && !NONE.test(question) && isIndex(answers[0]) && isIndex(answers[1]))
      return checked({ question, options, answers: [answers[0], answers[1]] }, 'strict');
  }
  return readTolerantly(text);
}

const isIndex = (n: number): n is 0 | 1 => n === 0 || n === 1;
const unreadable = (reason: Reason, message: string): Refusal => ({ kind: 'unreadable', reason, message });
const invalid = (reason: Reason, message: string): Refusal => ({ kind: 'invalid', reason, message });

function checked(question: Question, way: 'strict' | 'tolerant'): Reading {
  const broken = brokenRule(question);
  return broken === null ? { kind: 'draft', way, ...question } : { kind: 'invalid', ...broken };
}

function readTolerantly(text: string): Reading {
  const fields = untold(jsonFields(text) ?? fieldsOfText(jsonLines(text) ?? text));
  const questions = [...new Set(fields.questions.filter((q) => q !== ''))];
  const [question] = questions;
  if (question === undefined) return unreadable('no-question', 'The reply holds no question.');
  if (NONE.test(question)) return { kind: 'none' };
  if (questions.length > 1)
    return invalid('several-questions', `The reply holds ${questions.length} questions where one was asked for.`);
  const options = unlabelled(fields.options.map((o) => o.trim()).filter((o) => o !== ''));
  const [one, two] = options;
  if (one === undefined || two === undefined || options.length !== 2)
    return invalid('options', `The reply holds ${options.length} options where exactly two were asked for.`);
  const found: (0 | 1)[] = [];
  for (const [i, answers] of fields.answers.entries()) {
    const said = answers.filter((a) => a !== '');
    const [answer] = said;
    if (answer === undefined) return invalid('no-answer', `Image ${i + 1} has no answer.`);
    const named = new Set(said.map((a) => optionOf(a, [one, two])).filter((o) => o !== null));
    const [option] = named;
    if (option === undefined)
      return invalid('no-option', `The answer of image ${i + 1}, "${cut(answer)}", is neither option.`);
    if (named.size > 1) return invalid('both-answers', `The reply gives image ${i + 1} both options as its answer.`);
    found.push(option);
  }
  const [first, second] = found;
  if (first === undefined || second === undefined) return invalid('no-answer', 'An image has no answer.');
  return checked({ question, options: [one, two], answers: [first, second] }, 'tolerant');
}

const cut = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

/** A question that goes on in the next line. */
function wrapped(question: string, next: Line | undefined): string {
  const goesOn = next?.kind === 'text' && /[?？]$/.test(next.text) && !/[?？]/.test(question);
  return goesOn ? `${question} ${next.text}` : question;
}

/** "A) left" and "B) right" without the letters that number them; as they are where they are not numbered in turn. */
function unlabelled(options: readonly string[]): readonly string[] {
  const bare = options.map(
    (o, i) => new RegExp(`^\\(?(?:${'abcd'[i] ?? 'a'}|${i + 1})[).:]\\s+(.+)$`, 'i').exec(o)?.[1],
  );
  return bare.every((o) => o !== undefined) ? bare : options;
}

/** "left (Image 2)", "left (correct for Image2)": an option that says whose answer it is. */
const TOLD =
  /\s*\(\s*(?:(?:the\s+)?(?:correct|right)(?:\s+answer)?\s+(?:for|of|in)\s+|for\s+)?image[\s_]*([12])\s*\)\s*$/i;

/** Options without what they tell of the answers, which is taken where nothing else says it. */
function untold({ options, answers, ...rest }: Fields): Fields {
  const told = (n: string): readonly string[] =>
    options.flatMap((o, i) => (TOLD.exec(o)?.[1] === n ? [`Option ${i + 1}`] : []));
  const of = (i: 0 | 1): readonly string[] => (answers[i].length > 0 ? answers[i] : told(String(i + 1)));
  return {
    ...rest,
    options: options.map((o) => o.replace(TOLD, '')),
    answers: [of(0).map((a) => a.replace(TOLD, '')), of(1).map((a) => a.replace(TOLD, ''))],
  };
}

/** Fields of a reply that is no JSON: behind labels, and where those do not say it, in sentences. */
function fieldsOfText(text: string): Fields {
  const fields = lineFields(linesOf(text));
  const said = sentenceAnswers(text);
  return {
    ...fields,
    answers: [
      [...fields.answers[0], ...said[0]],
      [...fields.answers[1], ...said[1]],
    ],
  };
}

/** Values by their number, with all that is said of each. */
type Numbered = Map<number, readonly string[]>;
/** The first of each number, in their order. */
const firsts = (of: Numbered): readonly string[] =>
  [...of].sort(([a], [b]) => a - b).flatMap(([, [text]]) => text ?? []);

/** Fields of labelled lines, in whatever order; a value may stand on the line below its label. */
function lineFields(lines: readonly Line[]): Fields {
  const questions: string[] = [];
  const options: Numbered = new Map();
  const images: Numbered = new Map();
  const answers: Numbered = new Map();
  const bodies = { option: options, image: images, answer: answers } as const;
  const items: string[] = [];
  const listed: string[] = [];
  const begins = lines.findIndex((l) => l.kind === 'option' || l.kind === 'item');
  const asked = lines.some((l) => l.kind === 'question') ? -1 : unnamedQuestion(lines, begins);
  let below: 'options' | 'answers' = 'options';
  lines.forEach((line, i) => {
    if (i === asked && line.kind === 'text') questions.push(line.text);
    if (line.kind === 'answers') below = 'answers';
    if (line.kind === 'item' && below === 'answers') listed.push(line.text);
    else if (line.kind === 'item' && questions.length > 0 && images.size === 0) items.push(line.text);
    if (line.kind === 'item' || line.kind === 'text' || line.kind === 'answers') return;
    const next = lines[i + 1];
    const under = next?.kind === 'text' || (next?.kind === 'item' && line.kind !== 'question') ? next.text : '';
    const value = line.text === '' ? under : line.text;
    if (line.kind === 'question') questions.push(wrapped(value, line.text === '' ? undefined : next));
    else {
      const into = bodies[line.kind];
      into.set(line.number, [...(into.get(line.number) ?? []), value]);
    }
  });
  // A list without names, "A) left", is taken where no option has one; "Answer 1" names what nothing else does.
  const named = [firsts(options), items, firsts(answers)].find((o) => o.length > 0) ?? [];
  const spare = named.length > 0 && options.size + items.length > 0 ? firsts(answers) : [];
  const behind = listed.length > 0 ? listed : spare;
  const of = (n: 1 | 2): readonly string[] => {
    const said = images.get(n) ?? [];
    const other = behind[n - 1];
    return said.length > 0 || images.size > 0 || other === undefined ? said : [other];
  };
  return { questions, options: named, answers: [of(1), of(2)] };
}

/** Where a question stands that has no label: the last line before the options, if it ends as one. */
function unnamedQuestion(lines: readonly Line[], options: number): number {
  const line = lines[options - 1];
  return line?.kind === 'text' && /[?？]$/.test(line.text) ? options - 1 : -1;
}

const plain = (text: string): string =>
  bareValue(text.normalize('NFKC'))
    .toLowerCase()
    .replace(/[‘’]/g, "'")
    .replace(/\s+/g, ' ')
    .replace(/[\s.!。]+$/u, '');
const REFERENCE =
  /^(?:the\s+)?(?:option|choice|answer)?[\s_]*[#([]?\s*([12ab]|i{1,2})\s*[)\]]?(?:\s*(?:[:.)=–—-]|(?<=\]))\s*(.+)|(?<=[)\]])\s+(.+)|\s+\((.+)\))?$/is;

/** Which option an answer is: the same text, a reference ("Option 2"), or the option with an explanation behind it. */
function optionOf(answer: string, options: readonly [string, string]): 0 | 1 | null {
  const texts = options.map(plain);
  const wanted = plain(answer);
  const equal = texts.indexOf(wanted);
  if (isIndex(equal)) return equal;
  const m = REFERENCE.exec(wanted);
  if (m) {
    const index = m[1] === '1' || m[1] === 'a' || m[1] === 'i' ? 0 : 1;
    const rest = m[2] ?? m[3] ?? m[4];
    // "Option1: lower zone" must not name one option and tell the other.
    return rest === undefined || plain(rest) === texts[index] ? index : null;
  }
  const begins = texts.map((t) => t !== '' && wanted.startsWith(t) && EXPLAINS.test(wanted.slice(t.length)));
  if (begins[0] === begins[1]) return null;
  return begins[0] ? 0 : 1;
}

/** How an explanation begins behind an option. */
const EXPLAINS = /^(?:\s*[([;]|\s*[.,]\s|\s+[-–—]\s|\s+(?:because|since|as (?:the|described|stated|seen))\b)/;
