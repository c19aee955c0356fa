import type { FoundPair } from '../discovery/pairs-csv.ts';

/** A prompt as text models take it. */
export interface ChatPrompt {
  readonly system: string;
  readonly user: string;
}

/** The published prompts for questions and categories (arXiv 2409.15477, appendix A.1 and A.2), word for word. */
export const DRAFT_SYSTEM = 'You are a helpful assistant expert in the medical domain.';
export const DRAFT_TEMPLATE = [
  'Here is the description of two medical images that I can see:',
  'Image1: {caption_1}',
  'Image2: {caption_2}',
  'Your task is to create multiple-choice questions. Follow the rules below.',
  '1. The question should be about a property that is clearly visible in the images.',
  '2. It should be possible to answer the question by only looking at the images.',
  "3. Pretend that you can only see one image. You are not allowed to refer to 'Image1', 'Image2' or 'images'. You should also not create questions that require comparing the two images.",
  '4. There should be exactly two answer options. You have to come up with a question for which the answer is different for the two images.',
  '5. The answer options should be clearly different.',
  'Please provide the question and the two answer options in the following format:',
  'Question: <YOUR QUESTION>',
  'Option1: <ANSWER 1>',
  'Option2: <ANSWER 2>',
  'Also, please provide the correct answers to the question for the images corresponding to our captions in the following format:',
  'Image1: <ANSWER>',
  'Image2: <ANSWER>',
  "Aim for simple, efficient and concise questions to best test someone's knowledge and understanding of the underlying concepts.",
].join('\n');
const DISCOVERY =
  'I have several medical images related to radiology that each one has a corresponding caption. I have listed the captions below. Can you go through the captions and categorize them? Please focus on the general categories.';
const ASSIGNMENT =
  'The above caption describes a radiology image. To which of the following categories does this image belong? You should only name the category, and you do not need to specify your reasoning.';

/** Shortest caption that a question is drafted from, in characters (section 2). */
export const MIN_CAPTION = 100;
/** Captions that are shown at once when categories are looked for (appendix A.2). */
export const DISCOVERY_CAPTIONS = 100;

/** The lists that the assignment was first made with, and that the benchmark ended with. */
export const CATEGORY_LISTS = {
  published: [
    ...['Cerebral', 'Spinal', 'Cardiac', 'Gastrointestinal', 'Musculoskeletal', 'Vascular', 'Pulmonary'],
    ...['Head and Neck', 'Breast', 'Other'],
  ],
  final: [
    ...['Cerebral', 'Spinal', 'Cardiac', 'Gastrointestinal', 'Musculoskeletal', 'Vascular', 'Pulmonary'],
    ...['Head and Neck', 'Nuclear Medicine'],
  ],
} as const;

/** Failure patterns that a reviewer may name (section 4). */
export const FAILURE_PATTERNS = [
  'Normal/variant anatomy vs. pathology',
  'Lesion signal characteristics',
  'Vascular conditions',
  'Medical devices',
] as const;

/** A.1: one question with two options from two captions. Captions are put in as they are, in one pass. */
export function draftPrompt(captions: readonly [string, string]): ChatPrompt {
  const values: Readonly<Record<string, string>> = { caption_1: captions[0], caption_2: captions[1] };
  const user = DRAFT_TEMPLATE.replace(/\{(caption_[12])\}/g, (_, key: string) => values[key] ?? '');
  return { system: DRAFT_SYSTEM, user };
}

/** A.2, second prompt: the category of one image by its caption. */
export function categoryPrompt(caption: string, categories: readonly string[]): ChatPrompt {
  const user = `Caption: ${caption}\n${ASSIGNMENT}\nCategories: ${categories.join(', ')}`;
  return { system: DRAFT_SYSTEM, user };
}

/** A.2, first prompt: general categories of up to 100 captions. */
export function discoveryPrompt(captions: readonly string[]): ChatPrompt {
  const lines = captions.slice(0, DISCOVERY_CAPTIONS).map((c, i) => `Caption ${i + 1}: ${c}`);
  return { system: DRAFT_SYSTEM, user: [DISCOVERY, ...lines].join('\n') };
}

/** Length of a caption as the filter counts it: characters, not code units. */
export function captionLength(caption: string | null): number {
  return [...(caption ?? '')].length;
}

/** Why no question is drafted for a pair; null where one is. */
export function leftOut({ captions }: Pick<FoundPair, 'captions'>, least = MIN_CAPTION): 'no-caption' | 'short' | null {
  if (captions.some((c) => (c ?? '').trim() === '')) return 'no-caption';
  return captions.some((c) => captionLength(c) < least) ? 'short' : null;
}
