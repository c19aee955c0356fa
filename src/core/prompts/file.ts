import { fail, fault, ok, type Fault, type Result } from '../fault.ts';
import { isObject } from '../json.ts';
import { parseJson, plain } from '../benchmark/nodes.ts';
import { isOfficialLayout, officialPromptSets } from './official.ts';
import type { FewShot, PromptSet, Shot } from './types.ts';

const METHODS = ['gd', 'ps', 'mc', 'ff'] as const;
const TEMPLATES = ['letter', 'open', ...METHODS] as const;

/**
 * Reads a file of prompts: one set ({name, prompts: {letter, open, ...}, system}), a list of sets, or the official layout (answering.json), whose first
 * set is its default wording.
 * @param name file name; sets without a name take it
 */
export function readPromptFile(name: string, text: string): Result<readonly PromptSet[]> {
  const stem = (name.split(/[\\/]/).at(-1) ?? name).replace(/\.json$/i, '');
  const parsed = parseJson(text);
  if (!parsed.ok) {
    const { line, column } = parsed.place;
    return fail(fault('bad-prompt', `${name}, line ${line}, column ${column}: ${parsed.message}`, { line, column }));
  }
  const value = plain(parsed.root);
  if (isOfficialLayout(value)) return officialPromptSets(stem, value);
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const sets = list.map((x, i) =>
    readSet(x, list.length === 1 ? stem : `${stem} ${i + 1}`, list.length === 1 ? name : `${name}, set ${i + 1}`),
  );
  const bad = sets.find((s) => !s.ok);
  if (bad && !bad.ok) return bad;
  const read = sets.flatMap((s) => (s.ok ? [s.value] : []));
  return read.length > 0 ? ok(read) : fail(fault('bad-prompt', `${name} holds no prompt set.`));
}

function readSet(value: unknown, name: string, where: string): Result<PromptSet> {
  const prompts = isObject(value) ? value['prompts'] : undefined;
  if (!isObject(value) || !isObject(prompts)) {
    const message = `${where} is no prompt set: it needs "prompts" with "letter" and "open", or the official layout's "greedy", "mc", "gpt4" and "prefix".`;
    return fail(fault('bad-prompt', message));
  }
  const unknown = Object.keys(prompts).find((k) => !TEMPLATES.some((t) => t === k));
  if (unknown !== undefined) return bad(where, `prompts.${unknown}`, `is not known; there are ${TEMPLATES.join(', ')}`);
  const { letter, open } = prompts;
  if (typeof letter !== 'string') return bad(where, 'prompts.letter', 'must be text');
  if (typeof open !== 'string') return bad(where, 'prompts.open', 'must be text');
  const own = texts(prompts);
  if (own === null) return bad(where, 'prompts', 'must hold text only');
  const prefix = value['answerPrefix'] === undefined ? null : texts(value['answerPrefix']);
  if (value['answerPrefix'] !== undefined && prefix === null)
    return bad(where, 'answerPrefix', 'must hold text by method');
  const system = value['system'] ?? null;
  if (system !== null && typeof system !== 'string') return bad(where, 'system', 'must be text or null');
  const fewShot = value['fewShot'] === undefined ? null : readFewShot(value['fewShot']);
  if (value['fewShot'] !== undefined && fewShot === null)
    return bad(where, 'fewShot', 'must hold a preamble and shots with image, question, options A and B, and answer');
  const set: PromptSet = {
    name: typeof value['name'] === 'string' && value['name'].trim() !== '' ? value['name'] : name,
    prompts: { letter, open, ...own },
    system,
    ...(prefix ? { answerPrefix: prefix } : {}),
    ...(fewShot ? { fewShot } : {}),
  };
  const refused = checkPromptSet(set);
  return refused ? fail(refused) : ok(set);
}

function bad(where: string, field: string, what: string): Result<never> {
  return fail(fault('bad-prompt', `${where}: "${field}" ${what}.`, { field }));
}

/** The texts of an object by method; null where one is no text. */
function texts(value: unknown): Partial<Record<(typeof METHODS)[number], string>> | null {
  if (!isObject(value)) return null;
  const out: Partial<Record<(typeof METHODS)[number], string>> = {};
  for (const m of METHODS) {
    const text = value[m];
    if (text === undefined) continue;
    if (typeof text !== 'string') return null;
    out[m] = text;
  }
  return out;
}

function readFewShot(value: unknown): FewShot | null {
  if (!isObject(value)) return null;
  const { preamble, shots } = value;
  if (typeof preamble !== 'string' || !Array.isArray(shots)) return null;
  const read = shots.map(readShot);
  return read.every((s) => s !== null) ? { preamble, shots: read } : null;
}

function readShot(value: unknown): Shot | null {
  if (!isObject(value)) return null;
  const { image, question, options, answer } = value;
  if (typeof image !== 'string' || typeof question !== 'string' || (answer !== 'A' && answer !== 'B')) return null;
  const [a, b]: readonly unknown[] = Array.isArray(options)
    ? options
    : isObject(options)
      ? [options['A'], options['B']]
      : [];
  return typeof a === 'string' && typeof b === 'string' ? { image, question, options: { A: a, B: b }, answer } : null;
}

/**
 * What keeps a prompt set from being used; null when nothing does. A template that asks for the letter needs {q}, {a} and {b}, one that asks the
 * question needs {q}; a place such as {question} is a slip.
 */
export function checkPromptSet(set: PromptSet): Fault | null {
  if (set.name.trim() === '') return fault('bad-prompt', 'The prompt set needs a name.');
  for (const key of TEMPLATES) {
    const text = set.prompts[key];
    if (text === undefined) continue;
    const needed = key === 'letter' || key === 'gd' || key === 'mc' ? ['{q}', '{a}', '{b}'] : ['{q}'];
    const missing = needed.filter((p) => !text.includes(p));
    if (missing.length > 0) return problem(set, key, `lacks ${missing.join(' and ')}`);
    const slip = /\{\}|\{[A-Za-z_]+\d?\}/g;
    const odd = [...text.matchAll(slip)].map((m) => m[0]).find((p) => !['{q}', '{a}', '{b}'].includes(p));
    if (odd !== undefined) return problem(set, key, `has ${odd}, which stands for nothing; there are {q}, {a} and {b}`);
  }
  return null;
}

function problem(set: PromptSet, key: string, what: string): Fault {
  return fault('bad-prompt', `The prompt "${key}" of ${set.name} ${what}.`, { prompt: key });
}
