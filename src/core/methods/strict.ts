import type { Letter } from '../benchmark/types.ts';
import { behindThought } from './thought.ts';

/*
 * The strict reading of an MC answer, in the order of how plainly a text can say its choice: a box, a final answer, an answer, a letter alone. The first
 * of these that names a letter decides, and only where it names one letter: two letters are no choice.
 */

/** Words for "answer" and its kind, behind which a colon or a form of "to be" announces the choice. */
const ANSWER = [
  ...['answer', 'ans', 'choice', 'option', 'letter', 'selection', 'verdict', 'solution', 'conclusion'],
  ...['reply', 'response', 'result', 'prediction', 'output', 'statement', 'assistant'],
  ...[
    'antwort',
    'lösung',
    'antwoord',
    'svar',
    'svaret',
    'vastaus',
    'válasz',
    'odpowiedź',
    'odpověď',
    'odpoveď',
    'răspuns',
    'răspunsul',
  ],
  ...['réponse', 'reponse', 'option', 'choix', 'respuesta', 'opción', 'resposta', 'opção', 'alternativa', 'risposta'],
  ...[
    'opzione',
    'απάντηση',
    'ответ',
    'вариант',
    'відповідь',
    'отговор',
    'cevap',
    'yanıt',
    'jawaban',
    'đáp án',
    'trả lời',
  ],
  ...[
    '答案',
    '回答',
    '选项',
    '選項',
    '選択肢',
    '选择',
    '選擇',
    '答え',
    '解答',
    '正解',
    '答',
    '정답',
    '답변',
    '답',
    '선택',
    'उत्तर',
    'คำตอบ',
  ],
  ...['الإجابة', 'الاجابة', 'الجواب', 'תשובה', 'پاسخ'],
]
  .join('|')
  .normalize('NFKC'); // as the texts are
/** Forms of "to be" between such a word and the letter. */
const IS =
  'is|would be|should be|must be|was|are|ist|lautet|wäre|je|este|est|serait|es|sería|é|seria|è|sarebbe|er|är|on|jest|to|является|это|adalah|là|คือ|是|为|為|应为|應為|选|選|は|가|은|는|이|है|هي|هو|היא';
/** Words that may stand between both. */
const FILL =
  'final|correct|right|best|most likely|likely|true|clearly|therefore|thus|then|option|choice|letter|answer|the|die|la|le|richtige|correcta|correcte|correta|corretta|respuesta|réponse|option|opción|opção|opzione|lettre|letra|lettera|buchstabe|corect|správná|yang benar|yang tepat|benar|đúng|doğru|الصحيح|الصحيحة|النهائي|النهائية';
/** Verbs by which a writer chooses. */
const CHOOSE =
  "(?:i|we)(?:['’]d| would| will| shall)? (?:choose|pick|select|go with|opt for|answer|say|guess)(?: with| for)?|(?:ich )?wähle|je choisis|elijo|escolho|scelgo|我选择|我选|选择|选|選擇|選";

/** What may stand around a letter: brackets and quotation marks of all kinds. */
const OPEN = `[\\s("'“”‘’«»\\[{<【「『〔《〈$]*`;
const BOUND = "(?![\\p{Script=Latin}\\p{N}\\p{M}]|['’]\\p{L}|[-‐‑]\\p{L})";

const re = (source: string, flags = 'giu'): RegExp => new RegExp(source, flags);
const NAMED = `(?<![\\p{Script=Latin}])(?:${ANSWER})(?:\\s+(?:${FILL}))*`;
const JOIN = `["'”’)\\]}>】」』》]*\\s*(?:[:=>→]+|[-–—]+(?=\\s)|(?:${IS})(?=[\\s:A-Za-z("'*\\[<【「]))\\s*:?`;
/** "Correct: B", "Richtig ist B", where a line begins so. */
const RIGHT =
  '(?<=^|\\n)[ \\t]*(?:correct|richtig|korrekt|correcto|correcta|correto|corretto|верно|правильно|正确|正確)';
const STRONG = re(
  `(?:(?:${NAMED}|${RIGHT})${JOIN}(?:\\s*(?:${FILL})(?=[\\s:]):?)*|(?:${CHOOSE})(?:\\s+(?:${FILL}))*)${OPEN}([AB])${BOUND}`,
);
const FINAL = re(`(?:final|finale|finala|ultimate|endgültige|définitive|最终|最終|최종)\\s*${STRONG.source}`);
const WEAK = re(`${NAMED}[】」』》]*${OPEN}([AB])${BOUND}`);
/** "B is correct", "Option B is the right answer". */
const IS_RIGHT = re(
  `(?<![\\p{L}\\p{N}])([AB])["'”’)\\]}>]*\\s+(?:${IS})\\s+(?:(?:the|most|a|die|la|le)\\s+)*(?:correct|right(?=\\s*(?:[.,;:!)"'”\\n]|$|answer|option|choice|one|because|since|here|and|as|in this))|best|true|accurate|likely|likeliest|more likely|answer|richtig|richtige|korrekt|correcte|correcta|correta|corretta|juste|exacte|верный|правильный|正确|正確)(?![\\p{L}])`,
);
/** "The right lung (B)" at the end of what an answer announces. */
const BEHIND = re(`${NAMED}${JOIN}[^\\n]{1,120}?[([]([AB])[)\\]]\\s*[.!。]?\\s*(?:$|\\n)`);

/** A text that ends in the letter: "..., so B.", "I think it is B", "The right lung (B)." */
const LAST = re(
  `(?:(?:\\bit is|\\bit['’]s|\\bit must be|\\bso|\\bthus|\\btherefore|\\bhence|→|=>)[,:]?\\s+["'“(\\[]*|\\()([AB])["'”)\\]]*\\s*[.!。]?\\s*$`,
);

/** A letter marked as an option's at the beginning of a line or of an item in a line. */
const item = (letter: string): RegExp => re(`(?:^|[\\s,;|/("'\\[])${letter}["'”’]?\\s*[).:\\]]`, 'u');
/** A second letter right behind the first: "A or B", "A/B", "A, B", "AB" is no word of ours anyway. */
const ALTERNATIVE = re(
  `^["'”’)\\]}>.]*(?:[ \\t]*(?:,|;|/|\\||&|\\+|or|and|and/or|oder|und|ou|et|o|y|e|или|и|或|和|または|또는)+[ \\t]*|[ \\t]+)(?:(?:option|answer)[ \\t]+)?["'“‘(\\[{<]*[AB]${BOUND}`,
  'iu',
);
/** Words behind a bare letter that make it a word of the sentence no more: "A because ..." is a choice, "A nodule" an article. */
const GOES_ON =
  /^(?:because|since|as|due|which|for|based|given|with|where|in\s+this|is|the|weil|da|denn|car|parce|porque|perché|pois|since|–|—|-|=|→|\()/i;
const B_WORD = /^[\s-]*(?:cells?|lymph|lines?|mode|scan|symptoms?|virus|type|vitamin|natriuretic)/i;
/** What stands behind "option B" where that is the whole answer, and not the subject of a sentence. */
const ENDS = /^["'”’)\]]*\s*(?:$|[.:,;!\n]|and\b|or\b|because\b|since\b)/;
const NEGATED = /(?:\bnot|n't|n’t|\bnever|\bneither|\bnor|\brather than|\binstead of|\bnicht|\bpas)\s*(?:the\s+)?$/i;

/** Reads the choice out of an MC answer strictly; null where the text makes none, or makes two. */
export function readStrictly(text: string): Letter | null {
  const { answer } = behindThought(text);
  const plain = simplified(answer);
  const boxed = boxedLetters(plain);
  if (boxed.length > 0) return single(boxed);
  const free = plain.replace(/\\[a-zA-Z]+|\\[()[\]]|[${}]/g, ' ');
  for (const tier of [named(free, FINAL), strong(free), alone(free), named(free, WEAK), named(free, LAST)])
    if (tier.length > 0) return single(tier);
  return null;
}

/** Full-width letters and marks as plain ones, without what cannot be seen and without Markdown's emphasis. */
function simplified(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\u00ad\u200b-\u200f\u2060\ufeff]|\ufe0e|\ufe0f/g, '')
    .replace(
      /<\/?(?:s|b|i|u|p|em|strong|span|div|br|code|pre|eos|bos|pad|unk|end_of_turn|start_of_turn)\b[^>]*>|<\|[^|>]*\|>/g,
      ' ',
    )
    .replace(/[*_`~]+/g, '')
    .replace(/^[ \t]*(?:#{1,6}|>)+[ \t]*/gm, '')
    .replace(/\r\n?/g, '\n')
    .trim();
}

/** What stands in \boxed{...}, \fbox{...}: "B", "\text{B}", "(B)", "B. The right lung". Boxes without a letter say nothing. */
function boxedLetters(text: string): readonly Letter[] {
  const boxes = [...text.matchAll(/\\(?:boxed|fbox)\s*(?:\{((?:[^{}]|\{[^{}]*\})*)\}|\s([AB])\b)/g)];
  return boxes.flatMap((m) => {
    const inside = (m[1] ?? m[2] ?? '').replace(/\\[a-z]+\s*/gi, '').replace(/[{}$]/g, '');
    const letter = /^\s*(?:option\s*|answer\s*:?\s*)?["'([]*([ABab])["')\]]*\s*(?:$|[.:,)-])/i.exec(inside)?.[1];
    return letter === undefined ? [] : [upper(letter)];
  });
}

const strong = (text: string): readonly Letter[] => {
  const said = [...named(text, STRONG), ...named(text, IS_RIGHT)];
  return said.length > 0 ? said : named(text, BEHIND);
};

/** Letters that a pattern's only group finds, without those that are words, denied, or the first of a list of options. */
function named(text: string, pattern: RegExp): readonly Letter[] {
  return [...text.matchAll(pattern)].flatMap((m): readonly Letter[] => {
    const written = m[1] ?? '';
    const at = m.index + m[0].lastIndexOf(written);
    const end = at + written.length;
    const rest = text.slice(end);
    if (NEGATED.test(text.slice(Math.max(0, m.index - 16), m.index))) return [];
    if (!isChoice(written, text.slice(0, at), rest)) return [];
    const letter = upper(written);
    if (ALTERNATIVE.test(rest)) return [letter, other(letter)];
    if (pattern === WEAK ? !ENDS.test(rest) : heads(letter, rest)) return [];
    return [letter];
  });
}

/** Whether a letter begins a list of both options: it is marked as an item, and so is the other one behind it. */
function heads(letter: Letter, rest: string): boolean {
  const list = rest.split(re(NAMED, 'iu'))[0] ?? '';
  return /^["'”’]?\s*[).:\]]/.test(rest) && letter === 'A' && item('B').test(list.slice(1));
}

/** Whether a letter stands for an option: capital, or closed off; not an article, not "B cells". */
function isChoice(written: string, before: string, rest: string): boolean {
  if (/^["'”’]?\s*(?:$|[).:,;!?\]}>\n|。、，。]|入|です|입니다|이다|。)/u.test(rest)) return true;
  if (written !== written.toUpperCase()) return false;
  if (/^\s+(?:correct|right|best|true|is\b)/.test(rest)) return true;
  if (/[([{<"'“【「]\s*$/.test(before) && /^["'”’)\]}>】」]/.test(rest)) return true;
  if (!/^\s/.test(rest)) return !/^[\p{Script=Latin}\p{N}]/u.test(rest);
  if (/^\s*\n/.test(rest)) return true;
  const next = rest.trimStart();
  if (written === 'B') return !B_WORD.test(rest);
  return GOES_ON.test(next) || ALTERNATIVE.test(rest);
}

/** A letter that begins the text, or is all of its first or last line; the options that a text repeats are none. */
function alone(text: string): readonly Letter[] {
  const lines = text.split('\n').filter((l) => l.trim() !== '');
  const bare = [lines[0], lines.at(-1)].flatMap((l) => bareLetter(l ?? ''));
  const listed = lines
    .filter((l) => /^\s*(?:[-•·]\s*)?["'([]*[AB]["']?\s*[).:\]]\s*\S/.test(l))
    .map((l) => itemLetter(l));
  const both = listed.includes('A') && listed.includes('B');
  if (both) return bareLetter(lines.at(-1) ?? '');
  if (bare.length > 0) return [...bare, ...listed.filter((l) => l !== null)];
  const lead =
    /^["'“‘(\s[<→✅✔☑•·-]*([ABab])["'”’)\]>]*(?:$|[).:,;!\]=。、]|\s*\n|\s+[-–—=→]\s|\s+(?:because|since)\b|\s*\()/u.exec(
      text,
    );
  if (lead?.[1] === undefined) return [];
  const letter = upper(lead[1]);
  const rest = text.slice(lead.index + lead[0].length);
  const opposite = other(letter);
  if (ALTERNATIVE.test(text.slice(lead[0].lastIndexOf(lead[1]) + 1))) return [letter, opposite];
  return listsOther(opposite, rest) ? [letter, opposite] : [letter];
}

/** Whether the other option is an item too ("A: left, B: right"), and not only spoken of ("Option B is wrong"). */
function listsOther(letter: Letter, rest: string): boolean {
  return item(letter).test(rest.replace(/\b(?:option|answer|choice)\s+["'(]?[AB]["')]?/gi, ''));
}

function bareLetter(line: string): readonly Letter[] {
  const found = /^[\s"'“‘([{<【「《→✅✔☑•·>-]*([ABab])["'”’)\]}>】」》]*\s*[.:,!。]?\s*$/u.exec(line)?.[1];
  return found === undefined ? [] : [upper(found)];
}

function itemLetter(line: string): Letter | null {
  const found = /[AB]/.exec(line)?.[0];
  return found === undefined ? null : upper(found);
}

function single(letters: readonly Letter[]): Letter | null {
  const [first] = letters;
  return first !== undefined && letters.every((l) => l === first) ? first : null;
}

const upper = (l: string): Letter => (l.toUpperCase() === 'A' ? 'A' : 'B');
const other = (l: Letter): Letter => (l === 'A' ? 'B' : 'A');
