import { fault, FaultError } from '../fault.ts';
import { imageKey } from '../images/ref.ts';
import { probesOfRecords } from '../methods/probe-records.ts';
import { nameOf } from '../methods/names.ts';
import { requestedMethods } from '../methods/registry.ts';
import { countGroups, planGroups } from '../plan/groups.ts';
import type { PromptSet } from '../prompts/types.ts';
import { strictJson } from './canonical.ts';
import type { DerivedRun } from './derived.ts';
import { promptSetOf } from './formats/asked.ts';
import { folderOf, type ResultText } from './results-folder.ts';

/** Name and format of the file of a bundle that says what is in it. */
export const BUNDLE_FILE = 'bundle.json';
export const BUNDLE_FORMAT = 'lookalike-bundle/1';
export const PROMPTS_FILE = 'prompts.json';

/** bundle.json. */
export interface BundleManifest {
  readonly format: typeof BUNDLE_FORMAT;
  readonly lookalike: string;
  /** SHA-256 of every other file, by its path. */
  readonly files: Readonly<Record<string, string>>;
}

/** prompts.json: the prompt sets whole, so that the same can be asked again. */
export interface BundlePrompts {
  readonly promptSet: PromptSet;
  readonly paraphrases: readonly PromptSet[];
}

/** One line of prompt-tokens.jsonl: a question as the model read it, image tokens expanded. */
export interface PromptTokens {
  readonly pair: string;
  readonly image: number;
  readonly method: string;
  readonly text: string;
  readonly ids: readonly number[];
}

/** Files of the results folder that a bundle takes over as they are. */
const TAKEN = ['run.json', 'records.jsonl', 'summary.json', 'benchmark.json'];

/**
 * What another lab needs to repeat a run, less its images and weights: run.json, records, questions, the prompt sets, the plan, the token ids of all options
 * and the length of every prompt, and the certificate.
 * @param hash SHA-256 of a text, hex
 * @param rendered the prompts as the run's model reads them, where they were rendered for this
 * @throws FaultError 'unsupported' for an import, in which no model ran
 */
export async function bundleFiles(
  derived: DerivedRun,
  lookalike: string,
  hash: (text: string) => Promise<string>,
  rendered: readonly PromptTokens[] | null = null,
): Promise<readonly ResultText[]> {
  const { run, benchmark, records } = derived;
  const promptSet = promptSetOf(run.promptSet);
  if (run.imported || promptSet === null)
    throw new FaultError(
      fault(
        'unsupported',
        'These results were imported from files of another program: no model of ours ran, so that there is nothing to replay.',
      ),
    );
  const paraphrases = (run.paraphrases ?? []).flatMap((p) => promptSetOf(p) ?? []);
  const prompts: BundlePrompts = { promptSet, paraphrases };
  const groups = planGroups(
    benchmark,
    requestedMethods(run.methods),
    new Set(),
    null,
    probesOfRecords(run.probes, records),
  );
  const plan = {
    ...countGroups(groups),
    work: run.work,
    groups: groups.map((g) => ({
      image: imageKey(g.image),
      questions: g.questions.map((q) => ({ pair: q.pair, image: q.image, methods: q.methods.map(nameOf) })),
    })),
  };
  const tokens = records.flatMap((r) => {
    if (r.status === 'failed') return [];
    const { pair, image, method, promptTokens, options } = r;
    return [{ pair, image, method, promptTokens, A: options?.A.tokens ?? null, B: options?.B.tokens ?? null }];
  });
  const files = [
    ...folderOf(derived).filter((f) => TAKEN.includes(f.path)),
    { path: PROMPTS_FILE, text: `${strictJson(prompts, 2)}\n` },
    { path: 'plan.json', text: `${strictJson(plan, 1)}\n` },
    { path: 'tokens.jsonl', text: linesOf(tokens) },
    ...(rendered === null ? [] : [{ path: 'prompt-tokens.jsonl', text: linesOf(rendered) }]),
    { path: 'certificate.json', text: `${strictJson(run.certificate ?? null, 2)}\n` },
  ];
  const hashes = await Promise.all(files.map(async ({ path, text }) => [path, await hash(text)] as const));
  const manifest: BundleManifest = { format: BUNDLE_FORMAT, lookalike, files: Object.fromEntries(hashes) };
  return [{ path: BUNDLE_FILE, text: `${strictJson(manifest, 2)}\n` }, ...files];
}

function linesOf(rows: readonly object[]): string {
  return rows.map((row) => `${strictJson(row)}\n`).join('');
}
