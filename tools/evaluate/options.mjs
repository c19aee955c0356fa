/** The options of `evaluate`, as data. */
import { choice, count, dtype, flag, hint, text, texts, wrong } from '../cli/kinds.mjs';
import { checkProbes, probeOptions } from './probes.mjs';
import { typescript } from '../cli/source.mjs';
import { checkServer, serverOptions } from './server-options.mjs';
import { sendTexts } from './text-server.mjs';

const DEVICES = /** @type {const} */ (['auto', 'webgpu', 'wasm']);

/**
 * The option that names methods, and its help, from the registry of methods.
 * @param {typeof import('../../src/core/methods/registry.ts')} registry
 * @param {typeof import('../../src/core/methods/conditions.ts')} conditions
 * @param {typeof import('../../src/core/methods/names.ts')} names
 */
function methodsOption(
  { allChoices, methods, servedMethods, usualMethods },
  { conditionFacts, conditionKinds },
  { choiceName },
) {
  const all = methods();
  const ids = all.map((m) => m.id);
  const gives = all.flatMap((m) => {
    const others = m.records.filter((r) => r.by !== 'derived' && r.id !== m.id).map((r) => r.id);
    return others.length === 0 ? [] : [{ id: m.id, others }];
  });
  const under = conditionKinds().map((kind) => {
    const able = all.filter((m) => m.conditions.includes(kind)).map((m) => m.id);
    return `+${kind} (${conditionFacts(kind).label}${able.length === all.length ? '' : `; ${able.join(' and ')} only`})`;
  });
  const usual = usualMethods().map(choiceName);
  const served = servedMethods();
  const taken = [
    ...allChoices(),
    ...served.flatMap((m) => [null, ...m.conditions].map((condition) => ({ base: m.id, condition }))),
  ].map(choiceName);
  return {
    value: 'LIST',
    meaning:
      `of ${ids.join(', ')} (default: ${usual.join(',')}); ${gives.map((g) => `${g.id} gives ${g.others.join(' and ')} too`).join(', ')}. ` +
      `With a condition behind its name, as in gd+no-image, a method asks the question differently: ${under.join(', ')}. ` +
      `Of a server that cannot give them exactly: ${served.map((m) => `${m.id} instead of ${m.insteadOf ?? ''}`).join(', ')}`,
    /** @param {string} typed */
    parse: (typed) => {
      const asked = typed
        .split(',')
        .map((name) => name.trim().toLowerCase())
        .map((name) => gives.find((g) => g.others.includes(name))?.id ?? name)
        .filter((name) => name !== '');
      for (const name of asked)
        if (!taken.includes(name)) throw wrong(`--methods: there is no method "${name}". ${hint(name, ids)}`);
      if (asked.length === 0) throw wrong('--methods names no method.');
      return [...new Set(asked)];
    },
    fallback: usual,
  };
}

/**
 * @param {string} typed
 * @param {string} name
 */
function parsePairs(typed, name) {
  if (!/^\d{1,4}$/.test(typed)) throw wrong(`--${name} must be a whole number of 0 or more, not "${typed}".`);
  return Number(typed);
}

/**
 * `3/16`: the third of sixteen shares.
 * @param {string} typed
 * @param {string} name
 */
function parseShard(typed, name) {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(typed) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (index === undefined || shard.index < 1 || shard.index > shard.of)
    throw wrong(`--${name} is I/N with I from 1 to N, such as 3/16, not "${typed}".`);
  return shard;
}

/** What `evaluate` can be given. What src/core has a registry of is never listed twice. */
export async function evaluateOptions() {
  await typescript();
  const { questionFileWords } = await import('../../src/core/benchmark/formats/registry.ts');
  const { DEFAULT_CHAT, THINKING } = await import('../../src/core/chat/settings.ts');
  const { DTYPES } = await import('../../src/core/models/dtypes.ts');
  const registry = await import('../../src/core/methods/registry.ts');
  const conditions = await import('../../src/core/methods/conditions.ts');
  const names = await import('../../src/core/methods/names.ts');
  const { SERVER_KINDS } = await import('../../src/core/servers/kinds.ts');
  return {
    benchmark: text(
      'DIR',
      `folder in the MediConfusion layout (the checkout, or its data/): ${questionFileWords()}, and images/`,
    ),
    model: text(
      'DIR|ID',
      'folder with a model in the transformers.js layout, or a model of the Hugging Face hub (owner/name)',
    ),
    ...serverOptions(SERVER_KINDS),
    methods: methodsOption(registry, conditions, names),
    prompts: text(
      'FILE|NAME',
      'a prompt set: a file (FILE#NAME for one of several in it), or a built-in one by its name',
    ),
    paraphrases: text(
      'FILE|NAMES',
      'the words of +paraphrase: all sets of a file, or built-in ones by name, with ; between (default: two built-in ones)',
    ),
    ...probeOptions(),
    shots: text('DIR', 'folder with the images that a few-shot prompt set shows; none ship'),
    judge: text(
      'DIR|ID|self',
      'text model that judges free answers (ff): a folder, a model of the Hugging Face hub (owner/name), one behind a server (server:URL#NAME), or self: the tested model; default: the built-in judge, which knows the demo only',
    ),
    'judge-dtype': choice(
      'TYPE',
      `auto (default: fp32 where it fits) or ${DTYPES.join(', ')}: the judge's weights`,
      'dtype',
      ['auto', ...DTYPES],
      'auto',
    ),
    'send-texts-to': sendTexts,
    'judge-explanations': flag('let the judge write its explanations and keep them; else it stops after its scores'),
    'judge-by-rule': flag('decide answers that are an option word for word without the judge; published runs did not'),
    'judge-test': {
      value: 'N',
      meaning: "pairs of the judge's self-test before it judges; 0: none (default: 12)",
      parse: parsePairs,
      fallback: 12,
    },
    'mc-parser': choice(
      'NAME',
      'published (default) or strict: how MC answers are read; with --resume a finished run is read anew without a model',
      'parser',
      /** @type {const} */ (['published', 'strict']),
      'published',
    ),
    device: choice(
      'KIND',
      'auto, webgpu or wasm (default: auto); an explicit one is never changed',
      'device',
      DEVICES,
      'auto',
    ),
    dtype: dtype(
      `auto, ${DTYPES.join(', ')} for all files, or file=type,... (decoder_model_merged=q4,vision_encoder=fp32)`,
      DTYPES,
    ),
    threads: count('threads of the WASM device (default: the cores)', /** @type {const} */ ('auto')),
    limit: count('the first N pairs only', null),
    shard: {
      value: 'I/N',
      meaning:
        'the Ith of N shares of the pairs, for several machines (docs/scale.md); pairs that share images stay together; join the results with merge',
      parse: parseShard,
      fallback: /** @type {import('../../src/core/benchmark/shard.ts').Shard | null} */ (null),
    },
    thinking: choice(
      'HOW',
      'off (default), on, or auto: whether models whose chat template can be told think before they answer; written answers are read behind the thought',
      'setting',
      THINKING,
      DEFAULT_CHAT.thinking,
    ),
    'thought-tokens': count('longest thought in new tokens (default: 1024)', DEFAULT_CHAT.thoughtTokens),
    out: text('DIR', 'results folder (default: results/<time>-<benchmark>-<model>)'),
    resume: flag('go on with the unfinished run in --out; nothing is scored twice'),
    import: texts(
      'FILE',
      'read an official result file (<key>_<mode>.json) instead of running a model; may be repeated for the files of one key, whose methods become one table',
    ),
    'accept-partial': flag('with --import: take the readable part of a file that has faults'),
    'allow-uncertified': flag('run although the device fails its check; every table then says so'),
  };
}

/** @typedef {import('../cli/types.ts').Values<Awaited<ReturnType<typeof evaluateOptions>>>} EvaluateValues */

/**
 * Options that do not go together are refused.
 * @param {EvaluateValues} values
 */
export function checkTogether(values) {
  if (values.resume && values.out === null) throw wrong('--resume needs --out DIR, the results folder to go on with.');
  if (values.import.length > 0 && values.model !== null)
    throw wrong('--import reads finished answers: it runs no --model.');
  if (values.import.length > 0 && values.shard !== null)
    throw wrong('--import reads finished answers whole: it takes no --shard.');
  if (values['accept-partial'] && values.import.length === 0) throw wrong('--accept-partial belongs to --import.');
  if (values.import.length > 0 && values.resume)
    throw wrong('An import is done at once: there is nothing to --resume.');
  checkServer(values);
  checkProbes(values);
  if (values.paraphrases !== null && !values.methods.some((name) => name.endsWith('+paraphrase')))
    throw wrong('--paraphrases belongs to methods under +paraphrase, such as --methods gd,gd+paraphrase.');
}
