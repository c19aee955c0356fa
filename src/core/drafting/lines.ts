import { tidied } from './tidy.ts';

/** What a line of a reply says, once its decoration is off. */
export type Line =
  | { readonly kind: 'question'; readonly number: number | null; readonly text: string }
  /** `answer`: "Answer 1", which names an option or an image's answer. */
  | { readonly kind: 'option' | 'image' | 'answer'; readonly number: number; readonly text: string }
  /** An item of a list without a name: "A) left", "2. right", "- left". */
  | { readonly kind: 'item'; readonly text: string }
  /** "Correct answers:", above a list of them. */
  | { readonly kind: 'answers' }
  | { readonly kind: 'text'; readonly text: string };

/** Names of the three fields as models write them, the prompt's own first. */
const QUESTION =
  'question|q|frage|pregunta|domanda|pergunta|vraag|fråga|spørgsmål|spørsmål|kysymys|otázka|kérdés|întrebare|ερώτηση|вопрос|питання|问题|問題|質問|질문|soru|pytanie|câu hỏi|pertanyaan|คำถาม|प्रश्न|السؤال|سؤال|שאלה';
const OPTION =
  'option|answer option|choice|opt|antwortmöglichkeit|opción|opcion|opção|opcao|opzione|optie|alternativ|alternative|mulighed|vaihtoehto|možnost|lehetőség|opțiunea|επιλογή|вариант|варіант|选项|選項|選択肢|선택지|옵션|seçenek|opcja|lựa chọn|pilihan|opsi|ตัวเลือก|विकल्प|الخيار|گزینه|אפשרות';
const IMAGE =
  'image|img|picture|bild|imagen|imagem|immagine|afbeelding|billede|bilde|kuva|obrázek|kép|imaginea|εικόνα|изображение|зображення|图像|圖像|图片|画像|이미지|görüntü|obraz|hình ảnh|gambar|ภาพ|छवि|चित्र|الصورة|تصویر|תמונה';
const NUMBER = '(?:no\\.?\\s*)?[#(]?\\s*(1|2|3|4|5|6|a|b|c|d|one|two|three|first|second|i{1,3})\\s*\\)?';
const MARK = '\\s*(?:[:：=|]|[.)](?=\\s)|[-–—](?=\\s)|→|=>|-+>)+\\s*';
const ANSWER = 'answer|antwort|réponse|respuesta|risposta|resposta|antwoord|ответ|答案|回答';
/** "Image1 (CT of the chest): left". */
const ASIDE = '(?:\\s*\\([^()]{0,80}\\)(?=\\s*[:：]))?';
const VALUES: Readonly<Record<string, number>> = {
  ...{ '1': 1, '2': 2, '3': 3, '4': 4, '5': 5, '6': 6, a: 1, b: 2, c: 3, d: 4 },
  ...{ one: 1, two: 2, three: 3, first: 1, second: 2, i: 1, ii: 2, iii: 3 },
};

const questionLine = new RegExp(
  `^(?:(?:the|multiple[- ]choice|generated|draft)\\s+)*(?:${QUESTION})\\s*(?:#?\\s*(\\d+))?${MARK}(.*)$`,
  'iu',
);
const optionLine = new RegExp(`^(?:the\\s+)?(?:${OPTION})[\\s_]*${NUMBER}${MARK}(.*)$`, 'iu');
const imageLine = new RegExp(
  `^(?:(?:the\\s+)?(?:correct\\s+)?answer\\s+(?:for|to|of)\\s+)?(?:the\\s+)?(?:${IMAGE})[\\s_]*${NUMBER}(?:['’]s)?(?:\\s*(?:correct\\s+)?answer)?${ASIDE}${MARK}(.*)$`,
  'iu',
);
/** "Image1 (left)": the answer in brackets. */
const bracketed = new RegExp(`^(?:${IMAGE})[\\s_]*${NUMBER}\\s*\\(([^()]+)\\)\\s*$`, 'iu');
const answerLine = new RegExp(`^(?:(?:the\\s+)?correct\\s+)?(?:${ANSWER})[\\s_]*${NUMBER}${MARK}(.*)$`, 'iu');
const answersLine = /^(?:the\s+)?(?:correct\s+)?answers?(?:\s+(?:for|to|of)\s+[^:]{0,40})?\s*[:：]$/iu;
const itemLine = /^(?:[([]?(?:[a-f]|[1-6]|i{1,3})[)\].:]|[-*•]|(?:[a-f]|[1-6])\s+[-–—])\s+(.+)$/i;
const ANY = `(?:${QUESTION})\\s*\\d*|(?:${OPTION}|${IMAGE})[\\s_]*[12]`;
/** A field in the middle of a line. */
const inLine = new RegExp(
  `(?<=[^\\s:：])[ \\t]*[,;|]?[ \\t]+(?=(?:\\*\\*|__)?(?:${ANY})\\s*(?:\\*\\*|__)?\\s*(?:[:：]|[-–—][ \\t]|-+>))`,
  'giu',
);

/** Decoration that models put around lines and values: Markdown, list marks, quotes of all kinds, table borders. */
function bare(line: string): string {
  return line
    .replace(/[\u00a0\u2007\u202f\u3000]/g, ' ')
    .replace(/[\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/^\s*(?:>\s*)+/, '')
    .replace(/^\s*\|\s*|\s*\|\s*$/g, '')
    .replace(/^\s*#{1,6}\s+/, '')
    .replace(/\*\*|__|~~|`/g, '')
    .replace(/^\s*\*(?=\S)([^*]*)\*/, '$1')
    .replace(/\*(?=\s*[:：])/g, '')
    .trim();
}

/** What mathematics wraps a text in, and a tick before it. */
const DRESSED =
  /^(?:[✓✔✅☑]\ufe0f?\s*(.+)|\$\s*(.+?)\s*\$|\\(?:boxed|text|textbf|mathrm)\{(.+)\}|(?:question|mcq)\s*[:：]\s*(.+))$/isu;

/** A value without the quotes, brackets or dress around it, and without a comma that only ended a line. */
export function bareValue(text: string): string {
  let t = text.trim().replace(/^\*([^*]+)\*$/, '$1');
  for (let m = DRESSED.exec(t); m !== null; m = DRESSED.exec(t)) t = (m[1] ?? m[2] ?? m[3] ?? m[4] ?? '').trim();
  for (;;) {
    const inner = /^["“”„«»'‘’<「『](.*?)["“”»«'‘’>」』]\s*[,.;]?$/su.exec(t)?.[1];
    if (inner === undefined || /["“”„«»<>]/.test(inner)) break;
    t = inner.trim();
  }
  return t.replace(/\s*[,;]$/, '').trim();
}

/** "First image: left" says what "Image1: left" does. */
const ordinal = /^(?:the\s+)?(first|second)\s+(?:image|picture)(?:\s*answer)?\s*[:：]\s*(.*)$/iu;

function readLine(raw: string): Line {
  const listed = raw.trim();
  const line = bare(listed).replace(/^(?:[-*•]|\(?\d{1,2}[.)]|\p{Extended_Pictographic}\ufe0f?)\s+(?=\p{L})/u, '');
  const question = questionLine.exec(line);
  if (question)
    return { kind: 'question', number: question[1] ? Number(question[1]) : null, text: bareValue(question[2] ?? '') };
  if (answersLine.test(line)) return { kind: 'answers' };
  for (const [kind, pattern] of [
    ['option', optionLine],
    ['image', imageLine],
    ['image', bracketed],
    ['answer', answerLine],
  ] as const) {
    const m = pattern.exec(line);
    const number = VALUES[m?.[1]?.toLowerCase() ?? ''];
    if (m && number !== undefined) return { kind, number, text: bareValue(m[2] ?? '') };
  }
  const named = ordinal.exec(line);
  if (named)
    return { kind: 'image', number: VALUES[named[1]?.toLowerCase() ?? ''] ?? 0, text: bareValue(named[2] ?? '') };
  const item = itemLine.exec(bare(listed));
  return item ? { kind: 'item', text: bareValue(item[1] ?? '') } : { kind: 'text', text: bareValue(line) };
}

/** The reply as lines: code fences and tags gone, fields that share a line apart. Empty lines are left out. */
export function linesOf(reply: string): readonly Line[] {
  const text = tidied(reply.includes('\n') ? reply : reply.replace(/\\n(?![a-z])/g, '\n'));
  return text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/<\/?(?:reply|answer|response|output|p|b|i|strong|em|div)\s*\/?>|<br\s*\/?>/gi, (t) =>
      /^<br/i.test(t) ? '\n' : '',
    )
    .replace(/<(question|option_?[12]|image_?[12])>\s*([\s\S]*?)\s*<\/\1>/gi, '\n$1: $2\n')
    .replace(inLine, '\n')
    .split('\n')
    .filter((l) => l.trim() !== '' && !/^\s*(?:```|~~~)/.test(l) && !/^[\s|:*_=-]+$/.test(l))
    .map(readLine);
}
