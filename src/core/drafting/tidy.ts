/** What a chat template puts around a reply, where a server did not take it off. */
const TURN_MARKS = /<\|[a-z_|]{1,40}\|>|<\/?s>|<(?:end|start)_of_turn>|<(?:eos|bos|pad)>|\[\/?INST\]/gi;
/** The answer of a reply with channels (gpt-oss): behind the last of them. */
const FINAL = /^[\s\S]*<\|channel\|>\s*final\s*<\|message\|>/i;
const SPEAKER = /^\s*(?:assistant|model|ai|response|output)\s*[:：]?\s*\n?(?=\s*(?:\*\*)?question)/i;
/** Marks of direction, which nobody sees. */
const DIRECTION = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const LATEX = /\\(?:text(?:bf|it)?|mathbf|mathrm)\{([^{}\n]*)\}/g;
/** "[Question] ...", "<Option1>: ...": a label in brackets. */
const BRACKETED = new RegExp(
  '^([ \\t]*)(?:\\[(question|(?:option|image)[\\s_]*[12ab])\\][ \\t]*[:：]?|<(question|(?:option|image)[\\s_]*[12ab])>[ \\t]*[:：])[ \\t]*',
  'gim',
);
/** "### Question" alone on its line, the question below. */
const ALONE = /^[ \t]*(?:#{1,6}[ \t]+|\*\*)?question(?:\*\*)?[ \t]*$/gim;
/** "### Options" alone on its line, which says nothing. */
const EMPTY_HEADING =
  /^[ \t]*(?:#{1,6}[ \t]+|\*\*)?(?:answer[ \t]+)?(?:options|choices)[ \t]*[:：]?(?:\*\*)?[ \t]*$/gim;
/** "Correct answer (Image1): left". */
const ANSWER_OF =
  /^[ \t]*(?:the[ \t]+)?(?:correct[ \t]+)?answer[ \t]*\([ \t]*(image[\s_]*[12])[ \t]*\)[ \t]*(?=[:：])/gim;
const KEYCAP = /([0-9])\ufe0f?\u20e3/g;
/** Digits of other writings, behind a label only: in an option they are its text. */
const DIGITS: Readonly<Record<string, string>> = { ...of('١٢٣٤'), ...of('۱۲۳۴'), ...of('१२३४'), ...of('１２３４') };
const OTHER_DIGIT = /(?<=[\p{L}\p{M}][ \t]*)[١-٤۱-۴१-४１-４](?=\s*[:：.)）])/gu;

function of(digits: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...digits].map((d, i) => [d, String(i + 1)]));
}

/** `<option id="1">`, `<answer image="2">`: the label is in an attribute. */
const TAGGED =
  /<(option|choice|answer|image)\s+[^<>]*?["']?(?:image|option|choice)?[\s_]*([12ab])["']?\s*\/?>([\s\S]*?)<\/\1>/gi;
const FIELD = '(?:question|(?:option|image)[\\s_]*[12ab])';
/** "Options: 1. left 2. right" on one line. */
const LISTED =
  /^[ \t]*(?:answer[ \t]+)?(?:options|choices)[ \t]*[:：][ \t]*\(?(?:1|a)[.):][ \t]*(.+?)[ \t]*[,;|]?[ \t]+\(?(?:2|b)[.):][ \t]*([^\n]+)$/gim;
/** "Answers: Image1: left; Image2: right": the heading before the first field of its line. */
const HEADED =
  /^([ \t]*(?:\*\*)?(?:the[ \t]+)?(?:correct[ \t]+)?answers?(?:[ \t]+key)?[ \t]*[:：](?:\*\*)?[ \t]*)(?=(?:image|picture)[\s_]*[12])/gim;

/** A reply without what its transport left in it, and with the forms that are not lines of labels written as such lines. */
export function tidied(reply: string): string {
  const text = reply
    .replace(FINAL, '')
    .replace(TURN_MARKS, '')
    .replace(SPEAKER, '')
    .replace(DIRECTION, '')
    .replace(LATEX, '$1')
    .replace(KEYCAP, '$1)')
    .replace(BRACKETED, '$1$2$3: ')
    .replace(ALONE, 'Question:')
    .replace(EMPTY_HEADING, '')
    .replace(ANSWER_OF, '$1')
    .replace(OTHER_DIGIT, (d) => DIGITS[d] ?? d)
    .replace(TAGGED, (_, tag: string, n: string, value: string) => {
      const label = /^(?:answer|image)$/i.test(tag) ? 'Image' : 'Option';
      return `\n${label}${n}: ${value.trim()}\n`;
    })
    .replace(LISTED, 'Option1: $1\nOption2: $2')
    .replace(HEADED, '');
  return standing(text);
}

const cellsOf = (row: string): readonly string[] =>
  row
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((c) => c.trim());

/** A table with a column for each field, as lines. */
function standing(text: string): string {
  const lines = text.split('\n');
  const head = lines.findIndex((l) => {
    const cells = cellsOf(l);
    return l.includes('|') && cells.filter((c) => new RegExp(`^\\W*${FIELD}\\W*$`, 'i').test(c)).length >= 3;
  });
  if (head < 0) return text;
  const names = cellsOf(lines[head] ?? '');
  const rows = lines.slice(head + 1).filter((l) => l.includes('|') && !/^[\s|:-]+$/.test(l));
  const [row] = rows;
  if (row === undefined || rows.length > 1) return text;
  const cells = cellsOf(row);
  if (cells.length !== names.length) return text;
  return names.map((name, i) => `${name}: ${cells[i] ?? ''}`).join('\n');
}
