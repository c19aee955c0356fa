import type { Answers } from './json-reply.ts';

const IMAGE = '(?:the\\s+)?(?:image|picture)[\\s_]*#?([12])\\b';
const NAMED = '(?:(?:the\\s+)?(?:correct|right)\\s+)?(?:answer|option|choice)';
const IS = '(?:is|are|would\\s+be|should\\s+be|will\\s+be|[:=]|-+>|→)';
const REST = '\\s*[:"“]?\\s*(.+?)\\s*["”]?(?=[.;]?\\s*$|[.;]\\s|,\\s+(?:and|while|whereas|but)\\b)';
/** "Option B is for image 1", "Option 2 is the correct answer for Image 1"; not "Option 2 is wrong for image 1". */
const OPTION_FIRST = new RegExp(
  `\\boption[\\s_]*([12ab])\\b((?:(?!\\bimage|\\boption|[.;\\n]).){0,60}?)\\b(?:for|to|with|of|in|describes|matches|answers)\\s+${IMAGE}`,
  'gi',
);
const DENIED = /\b(?:not|no|never|wrong|incorrect|false|rather|instead)\b|n['’]t\b/i;
/** "For Image1, the correct answer is left". */
const IMAGE_FIRST = new RegExp(`\\b(?:for|in|of)\\s+${IMAGE}\\s*,?\\s*${NAMED}\\s*${IS}${REST}`, 'gim');
/** "The correct answer for Image1 is Option2". */
const ANSWER_FIRST = new RegExp(`\\b${NAMED}\\s+(?:for|to|of|in)\\s+${IMAGE}\\s*${IS}${REST}`, 'gim');
/** "Image 1's answer is left", "Image 1 corresponds to Option 2", "Image1 is left". */
const IMAGE_IS = new RegExp(
  `\\b${IMAGE}(?:['’]s\\s+(?:correct\\s+)?answer\\s+${IS}|\\s+(?:corresponds?\\s+to|matches|belongs\\s+to|goes\\s+with|is))${REST}`,
  'gim',
);

/** Answers that stand in sentences rather than behind labels, for image 1 and image 2, in their order. */
export function sentenceAnswers(text: string): Answers {
  const found: [string[], string[]] = [[], []];
  const add = (image: string | undefined, answer: string | undefined): void => {
    if (answer !== undefined && !DENIED.test(answer)) found[image === '1' ? 0 : 1].push(answer);
  };
  const plain = text.replace(/\*\*|__|`/g, '');
  for (const [, option, between, image] of plain.matchAll(OPTION_FIRST))
    if (!DENIED.test(between ?? '')) add(image, `Option ${option ?? ''}`);
  for (const pattern of [IMAGE_FIRST, ANSWER_FIRST, IMAGE_IS])
    for (const [, image, answer] of plain.matchAll(pattern)) add(image, answer);
  return found;
}
