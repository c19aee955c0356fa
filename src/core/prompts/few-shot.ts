import type { Method } from '../methods/method.ts';
import { renderPrompt, templateOf, type Asked } from './render.ts';
import type { FewShot, PromptSet } from './types.ts';

/** A user's turn in pieces: text, a shot's image by its file name, and the image that is asked about. */
export type PromptPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'shot'; readonly image: string }
  | { readonly kind: 'question-image' };

/**
 * The three shots of Med-Flamingo as published (arXiv 2409.15477, appendix; few_shot_prompts of its code). The images are ROCO's and do not ship:
 * the user brings the files.
 */
export const MED_FLAMINGO: FewShot = {
  preamble:
    'You are a helpful medical assistant. You are being provided with images, a two choice question about each image and an answer. Follow the examples and answer the last question.',
  shots: [
    {
      image: 'PMC1064097_F2.jpg',
      question: 'What radiological technique was used to confirm the diagnosis?',
      options: { A: 'CT Scan', B: 'Mammography' },
      answer: 'B',
    },
    {
      image: 'PMC1065025_F1.jpg',
      question: 'What did the CT scan show?',
      options: { A: 'Cerebral edema', B: 'Intracranial hemorrhage' },
      answer: 'A',
    },
    {
      image: 'PMC1087855_F3.jpg',
      question: 'What is the purpose of the asterisk shown in the figure?',
      options: {
        A: 'To indicate the formation of lobes around the contracting nucleus.',
        B: 'To indicate the normal lentoid shape of hypocotyl nuclei.',
      },
      answer: 'B',
    },
  ],
};

/**
 * A question behind its shots, in Med-Flamingo's layout: preamble, then for each shot its image, question and answer, then the image and the question
 * itself. Shots of GD and MC show both options and answer by the letter; shots of PS and FF answer by the option's text. Without shots: image, text.
 */
export function promptParts(set: PromptSet, method: Pick<Method, 'id' | 'asks'>, asked: Asked): readonly PromptPart[] {
  const text = (t: string): PromptPart => ({ kind: 'text', text: t });
  const question = renderPrompt(templateOf(set, method), asked);
  const last: readonly PromptPart[] = [{ kind: 'question-image' }, text(question)];
  if (!set.fewShot) return last;
  const { preamble, shots } = set.fewShot;
  const letters = method.asks === 'letter';
  const examples = shots.flatMap((s): PromptPart[] => {
    const shown = letters
      ? `Question: ${s.question}\nA: ${s.options.A}\nB: ${s.options.B}\nAnswer: ${s.answer}\n`
      : `Question: ${s.question} Answer: ${s.options[s.answer]}\n`;
    return [{ kind: 'shot', image: s.image }, text(shown)];
  });
  return [text(`${preamble}\n`), ...examples, ...last];
}

/** Distinct image files that the shots need. */
export function shotImages(set: PromptSet): readonly string[] {
  return [...new Set(set.fewShot?.shots.map((s) => s.image) ?? [])];
}

/** Ways in which a file's path is a wanted name, the surest first. */
const FITS: readonly ((path: string, name: string) => boolean)[] = [
  (path, name) => path === name,
  (path, name) => `/${path}`.endsWith(`/${name}`),
  (path, name) => `/${path}`.toLowerCase().endsWith(`/${name}`.toLowerCase()),
  (path, name) => baseName(path).toLowerCase() === baseName(name).toLowerCase(),
];
const baseName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

/**
 * Which brought file is which wanted image: by its path, then capitals aside, then by its file name alone where no other image has that.
 * @param wanted names as the set gives them
 * @param brought paths of the brought files, with '/'
 * @returns the wanted name of each brought file, in their order; null for a file that no shot shows. Of two files of one name the first is taken.
 */
export function matchShots(wanted: readonly string[], brought: readonly string[]): readonly (string | null)[] {
  const byPath = new Map<number, string>();
  const taken = new Set<string>();
  for (const fits of FITS)
    for (const [i, path] of brought.entries()) {
      const [found, other] = wanted.filter((name) => fits(path, name));
      // A name that two images share is not guessed.
      if (byPath.has(i) || found === undefined || other !== undefined || taken.has(found)) continue;
      byPath.set(i, found);
      taken.add(found);
    }
  return brought.map((_, i) => byPath.get(i) ?? null);
}
