/** What a reader cannot see: soft hyphens, zero-width and direction marks, variation selectors. */
const INVISIBLE = /[\u034f\p{Cf}]|\ufe0e|\ufe0f/gu;
/** Raised and lowered figures, which NFKC makes plain ones though a reader sees the difference. */
const RAISED = /[\u00b2\u00b3\u00b9\u2070-\u209f]/g;

/** A text as a reader sees it: composed, without what is invisible, each run of spaces one, dashes and quotation marks of one kind. */
function asSeen(text: string): string {
  return text
    .replace(RAISED, (c) => `\u0001${c.codePointAt(0) ?? 0}`)
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Whether two options are the same to a reader, whatever their characters; no answer could then be told from the other. */
export function readAlike(a: string, b: string): boolean {
  return asSeen(a) === asSeen(b);
}
