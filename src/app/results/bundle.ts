import * as v from 'valibot';
import {
  BUNDLE_FILE,
  BUNDLE_FORMAT,
  bundleFiles,
  PROMPTS_FILE,
  type BundleManifest,
  type BundlePrompts,
  type PromptTokens,
} from '../../core/exchange/bundle.ts';
import { derivedRun } from '../../core/exchange/derived.ts';
import { fault, FaultError } from '../../core/fault.ts';
import { VERSION } from '../../core/version.ts';
import { sha256 } from '../../store/hash.ts';
import { promptSet } from '../../store/rows.ts';
import { benchmarkOf, readFolder, type Results } from './folder.ts';
import type { ExportSource } from './export.ts';
import { readZip, writeZip, type ZipTexts } from './zip.ts';

const hash = (text: string): Promise<string> => sha256(new TextEncoder().encode(text));

/**
 * A run as a bundle that `replay` repeats, a zip.
 * @param rendered its prompts with their token ids, where they were rendered
 * @throws FaultError 'unsupported' for an import
 */
export async function writeBundle(
  { info, benchmark, records, limit = null }: ExportSource,
  rendered: readonly PromptTokens[] | null = null,
): Promise<Uint8Array> {
  const files = await bundleFiles(derivedRun(info, benchmark, records, limit), VERSION, hash, rendered);
  return writeZip(files, new Date(info.finishedAt ?? info.startedAt));
}

const manifestSchema: v.GenericSchema<unknown, BundleManifest> = v.looseObject({
  format: v.literal(BUNDLE_FORMAT),
  lookalike: v.string(),
  files: v.record(v.string(), v.string()),
});
const promptsSchema: v.GenericSchema<unknown, BundlePrompts> = v.looseObject({
  promptSet,
  paraphrases: v.array(promptSet),
});

/** A bundle as it was read. */
export interface Bundle extends Results {
  readonly prompts: BundlePrompts;
  /** Files that are not what the manifest says: something was changed after the bundle was made. */
  readonly tampered: readonly string[];
}

/**
 * Reads a bundle, every value checked, every file compared with its hash.
 * @param name as the person named it
 * @throws FaultError 'unreadable' when it is no bundle
 */
export async function readBundle(name: string, bytes: Uint8Array): Promise<Bundle> {
  return bundleOf(name, await readZip(name, bytes));
}

/** The same from the texts of its zip. */
export async function bundleOf(name: string, texts: ZipTexts): Promise<Bundle> {
  const manifest = parsed(manifestSchema, name, BUNDLE_FILE, texts);
  const prompts = parsed(promptsSchema, name, PROMPTS_FILE, texts);
  const hashes = await Promise.all(
    Object.entries(manifest.files).map(async ([path, expected]) => {
      const text = texts.get(path);
      return text !== undefined && (await hash(text)) === expected ? [] : [path];
    }),
  );
  const results = readFolder(name, (path) => texts.get(path) ?? null);
  return { ...results, benchmark: benchmarkOf(results, null), prompts, tampered: hashes.flat() };
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, name: string, file: string, texts: ZipTexts): T {
  const text = texts.get(file);
  if (text === undefined)
    throw new FaultError(
      fault(
        'unreadable',
        `${name} is no bundle: it holds no ${file}. Make one with: lookalike bundle RESULTS --out FILE.zip`,
      ),
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FaultError(fault('unreadable', `${name}/${file} is no JSON: the bundle is damaged.`));
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new FaultError(
    fault(
      'unreadable',
      `${name}/${file} is not of the format ${BUNDLE_FORMAT} (${v.getDotPath(issue) ?? ''} ${issue.message}).`,
    ),
  );
}
