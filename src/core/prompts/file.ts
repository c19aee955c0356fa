import { fail, fault, ok, type Fault, type Result } from '../fault.ts';
import { isObject } from '../json.ts';
import { parseJson, plain } from '../benchmark/nodes.ts';
import { methods } from '../methods/registry.ts';
import { isOfficialLayout, officialPromptSets } from './official.ts';
import { imagePlaceIn, placeIn, slipIn, type PlaceFault } from './places.ts';
import type { FewShot, PromptSet, Shot } from './types.ts';

/** What a set may hold texts for: the two templates, and wordings of single methods. */
const templates = (): readonly string[] => ['letter', 'open', ...methods().map((m) => m.id)];

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
  if (isOfficialLayout(value)) return usable(officialPromptSets(stem, value));
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const sets = list.map((x, i) =>
    readSet(x, list.length === 1 ? stem : `${stem} ${i + 1}`, list.length === 1 ? name : `${name}, set ${i + 1}`),
  );
  const bad = sets.find((s) => !s.ok);
  if (bad && !bad.ok) return bad;
  const read = sets.flatMap((s) => (s.ok ? [s.value] : []));
  return read.length > 0 ? ok(read) : fail(fault('bad-prompt', `${name} holds no prompt set.`));
}

/** Sets of which none holds a slip; else the first one's fault. */
function usable(sets: Result<readonly PromptSet[]>): Result<readonly PromptSet[]> {
  const refused = sets.ok ? sets.value.map(checkPromptSet).find((f) => f !== null) : undefined;
  return refused ? fail(refused) : sets;
}

function readSet(value: unknown, name: string, where: string): Result<PromptSet> {
  const prompts = isObject(value) ? value['prompts'] : undefined;
  if (!isObject(value) || !isObject(prompts)) {
    const message = `${where} is no prompt set: it needs "prompts" with "letter" and "open", or the official layout's "greedy", "mc", "gpt4" and "prefix".`;
    return fail(fault('bad-prompt', message));
  }
  const unknown = Object.keys(prompts).find((k) => !templates().includes(k));
  if (unknown !== undefined)
    return bad(where, `prompts.${unknown}`, `is not known; there are ${templates().join(', ')}`);
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
function texts(value: unknown): Readonly<Record<string, string>> | null {
  if (!isObject(value)) return null;
  const out: Record<string, string> = {};
  for (const { id } of methods()) {
    const text = value[id];
    if (text === undefined) continue;
    if (typeof text !== 'string') return null;
    out[id] = text;
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
 * question needs {q}; what other tools write for a place ({question}, {{q}}, ${q}, %s) is a slip, and so is a place for the image.
 */
export function checkPromptSet(set: PromptSet): Fault | null {
  if (set.name.trim() === '') return fault('bad-prompt', 'The prompt set needs a name.');
  for (const key of templates()) {
    const text = set.prompts[key];
    if (text === undefined) continue;
    const image = imagePlaceIn(text);
    if (image) return imagePlace(set, `prompt "${key}"`, image);
    const slip = slipIn(text);
    if (slip) return problem(set, key, `has ${at(slip)}, which stands for nothing; there are {q}, {a} and {b}`);
    const asks = methods().find((m) => m.id === key)?.asks ?? key;
    const needed = asks === 'letter' ? ['{q}', '{a}', '{b}'] : ['{q}'];
    const missing = needed.filter((p) => !text.includes(p));
    if (missing.length > 0) return problem(set, key, `lacks ${missing.join(' and ')}`);
  }
  return plainTexts(set);
}

/** Texts that are sent as they are: a place in them would be sent too. */
function plainTexts(set: PromptSet): Fault | null {
  const texts: readonly (readonly [string, string])[] = [
    ...(set.system === null ? [] : [['system text', set.system] as const]),
    ...Object.entries(set.answerPrefix ?? {}).map(([m, text]) => [`answer prefix of "${m}"`, text] as const),
    ...(set.fewShot ? [['preamble', set.fewShot.preamble] as const] : []),
  ];
  for (const [what, text] of texts) {
    const image = imagePlaceIn(text);
    if (image) return imagePlace(set, what, image);
    const place = placeIn(text);
    if (place) return fault('bad-prompt', `The ${what} of ${set.name} has ${at(place)}, and no place in it is filled.`);
  }
  return null;
}

const at = ({ found, line, column }: PlaceFault): string => `${found} (line ${line}, column ${column})`;

/** The image stands where the model's own template has it, so a set that brings a place of its own would show two. */
function imagePlace(set: PromptSet, what: string, place: PlaceFault): Fault {
  const message = `The ${what} of ${set.name} brings a place for an image, ${at(place)}. The image is put before the text by itself: take it out.`;
  return fault('bad-prompt', message, { image: place.found });
}

function problem(set: PromptSet, key: string, what: string): Fault {
  return fault('bad-prompt', `The prompt "${key}" of ${set.name} ${what}.`, { prompt: key });
}
