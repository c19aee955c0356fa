import { DEFAULT_CHAT } from '../../src/core/chat/settings.ts';
import { FF } from '../../src/core/methods/ff.ts';
import type { Method } from '../../src/core/methods/method.ts';
import { PS } from '../../src/core/methods/ps.ts';
import { fault, FaultError } from '../../src/core/fault.ts';
import { contextLength } from '../../src/core/models/context.ts';
import { planTree, type PlannedSequence } from '../../src/core/plan/tree.ts';
import { NO_WORK } from '../../src/core/plan/types.ts';
import type { OptionScore } from '../../src/core/records/record.ts';
import type { Generated, GenerateRequest, LikelihoodsRequest, TextPrompt } from '../../src/protocol/text.ts';
import { createLru } from '../language/cache.ts';
import type { Decoder } from '../language/decoder.ts';
import { requireImageTokens } from '../language/embed.ts';
import { plainForest } from '../language/forest.ts';
import { createHeldSegment } from '../language/held.ts';
import { executeTree, type Readings } from '../language/execute.ts';
import type { Tokenizer } from '../language/tokenizer.ts';
import { requirePlainText } from './askable.ts';
import { buildContexts } from './contexts.ts';
import type { OpenedModel } from './load.ts';
import { replyOf } from './outcomes.ts';
import { controlTokens, createPromptMaker, type Prompt, type PromptMaker } from './prompts.ts';

/** The model under test asked as a text model: without an image, its template's place for one left empty. */
export interface TextAsker {
  generate(request: GenerateRequest): Promise<Generated>;
  likelihoods(request: LikelihoodsRequest): Promise<readonly OptionScore[]>;
  /** Lets go of the prompt of the last reply, which is held for likelihoods behind it. */
  release(): void;
}

const PROMPT = 'prompt';

/** @param alone each sequence takes a run of its own: nothing is shared or held (`scaledByRun`) */
export function createTextAsker(
  model: OpenedModel,
  tokenizer: Tokenizer,
  decoder: Decoder,
  stops: ReadonlySet<number>,
  alone: boolean,
): TextAsker {
  const { family, files, sessions } = model;
  const rows = Math.max(1, decoder.positionRows);

  const context = contextLength(files.config);
  const held = createHeldSegment();

  async function run(asked: readonly PlannedSequence[]): Promise<Readings> {
    const sequences = asked.map((s) => withinContext(s, context));
    const shown = { seeing: [], blind: [] };
    const work = { ...NO_WORK };
    if (family.architecture === 'decoder')
      for (const s of sequences) requireImageTokens(s.ids, family.imageTokenId(files, tokenizer), 0);
    const contexts = await buildContexts(model, tokenizer, shown, sequences, rows, work);
    try {
      return await executeTree(alone ? plainForest(sequences) : planTree(sequences), sequences, {
        ...{ decoder, work, embed: sessions.embed },
        cache: createLru(
          0,
          (s) => s.bytes,
          (s) => s.dispose(),
        ),
        settings: { stopIds: stops, positionsOf: (_s, ids) => family.positions(ids, [], files, rows) },
        sharedKey: () => null,
        // What a decoder reads of another session is not in its tokens.
        held: alone || sequences.some((s) => s.context !== undefined) ? undefined : held,
        contextOf: (key) => contexts.of(key),
      });
    } finally {
      contexts.dispose();
    }
  }

  /** Some templates have no place for system text; it then stands in front of the user's. */
  function render(prompt: TextPrompt, method: Method): { readonly maker: PromptMaker; readonly prompt: Prompt } {
    const { system, user } = prompt;
    try {
      return renderOnce(prompt, method);
    } catch (e) {
      if (system === null || !(e instanceof FaultError) || e.fault.code !== 'bad-model') throw e;
      return renderOnce({ system: null, user: `${system}\n\n${user}` }, method);
    }
  }

  function renderOnce(
    { system, user }: TextPrompt,
    method: Method,
  ): { readonly maker: PromptMaker; readonly prompt: Prompt } {
    const set = { name: PROMPT, prompts: { letter: '{q}', open: '{q}' }, system };
    const maker = createPromptMaker(family, files, tokenizer, set, [], DEFAULT_CHAT);
    const question = { pair: PROMPT, image: 1 as const, question: user, options: { A: '', B: '' }, methods: [] };
    requirePlainText(question, controlTokens(tokenizer, family.placeholder(files, tokenizer)));
    return { maker, prompt: maker.prompt(method, question) };
  }

  return {
    generate: async ({ prompt, limit }) => {
      const rendered = render(prompt, FF);
      const { begun } = rendered.prompt;
      const most = begun ? limit + DEFAULT_CHAT.thoughtTokens : limit;
      const readings = await run([start(rendered.maker, rendered.prompt, [], most)]);
      const ids = readings.decoded(PROMPT);
      const text = replyOf(ids, tokenizer, begun).answer ?? '';
      return { text, tokens: ids.length, ended: ids.length < most ? 'model' : 'limit' };
    },
    likelihoods: async ({ prompt, texts }) => {
      const rendered = render(prompt, PS);
      const options = texts.map((text, i) => continuation(rendered.maker, rendered.prompt, text, `${i}`));
      // The prompt is a sequence of its own, so that it is one segment whatever the texts share.
      const first = start(
        rendered.maker,
        rendered.prompt,
        options.slice(0, 1).flatMap((o) => o.tokens.slice(0, 1)),
        0,
      );
      try {
        const readings = await run([...(alone ? [] : [first]), ...options.map((o) => o.sequence)]);
        return options.map((o) => scoreOf(o, readings));
      } finally {
        held.release();
      }
    },
    release: () => held.release(),
  };
}

/** A sequence whose reply ends where the model's context does. */
function withinContext(s: PlannedSequence, context: number | null): PlannedSequence {
  if (context === null || s.context !== undefined || s.ids.length + s.decode <= context) return s;
  if (s.ids.length > context)
    throw new FaultError(
      fault(
        'bad-prompt',
        `The prompt takes ${s.ids.length} tokens; this model takes ${context}. Choose another judge.`,
        {
          tokens: s.ids.length,
          context,
        },
      ),
    );
  return { ...s, decode: Math.min(s.decode, context - s.ids.length + 1) };
}

/** The prompt as a sequence, decoded from or read at its end. */
function start(maker: PromptMaker, prompt: Prompt, targets: readonly number[], decode: number): PlannedSequence {
  const ids = maker.decoderStart ?? prompt.ids;
  const reads = targets.length > 0 ? [{ position: ids.length - 1, targets }] : [];
  return { key: PROMPT, ids, promptLength: ids.length, reads, decode, blind: true, ...contextOf(maker, prompt) };
}

function contextOf(maker: PromptMaker, prompt: Prompt): Pick<PlannedSequence, 'context' | 'whole'> {
  if (maker.decoderStart !== null) return { context: prompt.text };
  return maker.whole ? { whole: true } : {};
}

interface Continuation {
  readonly sequence: PlannedSequence;
  readonly start: number;
  readonly tokens: readonly number[];
}

function continuation(maker: PromptMaker, prompt: Prompt, text: string, key: string): Continuation {
  const { ids, start: at, tokens } = maker.withOption(prompt, text);
  const reads = tokens.map((t, j) => ({ position: at - 1 + j, targets: [t] }));
  const sequence = { key, ids, promptLength: at, reads, decode: 0, blind: true, ...contextOf(maker, prompt) };
  return { sequence, start: at, tokens };
}

function scoreOf({ sequence, start: at, tokens }: Continuation, readings: Readings): OptionScore {
  const tokenLogprobs = tokens.map((t, j) => {
    const p = readings.at(sequence.key, at - 1 + j).get(t);
    if (p === undefined) throw new FaultError(fault('internal', `log p of token ${t} was not read.`));
    return p;
  });
  const sum = tokenLogprobs.reduce((a, b) => a + b, 0);
  return { score: sum / tokens.length, sum, tokens, tokenLogprobs };
}
