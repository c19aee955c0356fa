import { fail, fault, FaultError, ok, toFault, type Result } from '../../core/fault.ts';
import { imageKey, type ImageRef } from '../../core/images/ref.ts';
import { requestedMethods } from '../../core/methods/registry.ts';
import type { GroupAsk, RenderedPrompt } from '../../core/plan/ask.ts';
import { addWork, NO_WORK, type Work } from '../../core/plan/types.ts';
import type { ServerCertificate } from '../../core/servers/config.ts';
import { costOf, costWords, spent } from '../../core/servers/cost.ts';
import type { Engine, GroupAnswer, Loaded, LoadRequest } from '../engine.ts';
import type { Adapter } from './adapter.ts';
import { SentImages } from './images.ts';
import { certificateOf, factsOf, notes } from './certificate.ts';
import { hindrance, probeAgain, type Probed } from './probe.ts';
import { reach, subjectOf, thinkingOf, type RemoteOptions } from './reach.ts';
import { scoreGroup } from './score.ts';
import { remoteText } from './text.ts';
import type { Transport } from './transport.ts';

/** What the engine holds while it is open. */
interface Held {
  transport: Transport | null;
  adapter: Adapter | null;
  probed: Probed | null;
  proof: ServerCertificate | null;
  work: Work;
}

/**
 * A model behind a server. Nothing of the benchmark is sent before the server has answered questions of our own as a server that can be believed would; the
 * questions that can be asked are those that it can answer exactly, and what is less than exact has a name of its own.
 */
export function openRemoteEngine(options: RemoteOptions): Engine {
  const { server } = options;
  const images = new SentImages(options.images, server.concurrency);
  const thinking = thinkingOf(options);
  const subject = subjectOf(options);
  const held: Held = { transport: null, adapter: null, probed: null, proof: null, work: NO_WORK };
  /** Groups that are being asked about. */
  const open = new Set<Promise<unknown>>();

  async function load(request: LoadRequest): Promise<Result<Loaded>> {
    try {
      const keep = (transport: Transport): void => {
        held.transport = transport;
      };
      const { adapter, probed } = await reach(options, images, request, keep);
      const hindered = hindrance(requestedMethods(options.methods), probed, subject.host);
      if (hindered) return fail(hindered);
      held.proof = certificateOf(subject, probed);
      Object.assign(held, { adapter, probed });
      const messages = [...probed.looked.notes, ...notes(subject, probed)];
      return ok({ facts: factsOf(subject, held.proof), messages, images: [] });
    } catch (e) {
      return fail(toFault(e));
    }
  }

  async function score(ask: GroupAsk, next: ImageRef | null): Promise<Result<GroupAnswer>> {
    const others = [...open];
    const mine = scored(ask, next, others);
    open.add(mine);
    try {
      return await mine;
    } finally {
      open.delete(mine);
    }
  }

  async function scored(
    ask: GroupAsk,
    next: ImageRef | null,
    others: readonly Promise<unknown>[],
  ): Promise<Result<GroupAnswer>> {
    const { adapter, probed, transport } = held;
    if (adapter === null || probed === null || transport === null)
      return fail(fault('internal', 'The server was asked before it was checked.'));
    try {
      requireBudget(transport);
      const outcomes = await scoreGroup({ adapter, ways: probed.ways, images, ask });
      if (next !== null) void images.of(next);
      else {
        await Promise.all(others);
        await lastCheck(adapter, probed);
      }
      return ok({ outcomes, work: takeWork(ask, transport) });
    } catch (e) {
      return fail(toFault(e));
    }
  }

  /** The last group's records are stored only if the server is still the one that was checked. */
  async function lastCheck(adapter: Adapter, probed: Probed): Promise<void> {
    const checks = await probeAgain({ adapter, thinking, sized: (png) => images.ofPicture(png) }, probed);
    const failed = hindrance(requestedMethods(options.methods), { ...probed, checks }, subject.host);
    if (failed) throw new FaultError(failed);
    if (held.proof !== null) held.proof = { ...held.proof, checks: [...probed.checks, ...checks] };
  }

  /** All that was used since it was taken last: of groups side by side, the first to end takes what the others have used. */
  function takeWork({ image, shots }: GroupAsk, transport: Transport): Work {
    const used = transport.takeUsage();
    const work: Work = {
      ...NO_WORK,
      imageEncodes: 1 + new Set(shots.map(imageKey).filter((key) => key !== imageKey(image))).size,
      prefills: used.requests,
      prefillTokens: used.input,
      decodeTokens: used.output,
    };
    held.work = addWork(held.work, work);
    return work;
  }

  /** What is under way may still go beyond the limit; nothing new is begun there. @throws FaultError 'spent' */
  function requireBudget(transport: Transport): void {
    // The first groups are let in whatever the checks cost, so that a run with a limit scores something.
    const { input, output } = held.work === NO_WORK ? { input: 0, output: 0 } : transport.usage();
    const cost = costOf(addWork(held.work, { ...NO_WORK, prefillTokens: input, decodeTokens: output }), server.prices);
    if (server.budget === null || spent(cost) < server.budget) return;
    throw new FaultError(
      fault(
        'spent',
        `The limit of this run is reached (${costWords(cost)}; the limit is ${server.budget}). What is scored is kept: go on with a higher limit.`,
      ),
    );
  }

  async function render(ask: GroupAsk): Promise<Result<readonly RenderedPrompt[]>> {
    return fail(
      fault(
        'unsupported',
        `The prompts of pair ${ask.questions[0]?.pair ?? ''} are rendered by the server’s own chat template, which it does not show.`,
      ),
    );
  }

  function end(): void {
    held.transport?.end('the run ended');
    images.end();
    Object.assign(held, { transport: null, adapter: null, probed: null });
  }

  return {
    model: { id: server.model, revision: null, family: 'unknown', files: [] },
    ...{ load, score, render, end, width: Math.max(1, server.concurrency) },
    text: () => {
      const { adapter, probed, proof } = held;
      if (adapter === null || probed === null || proof === null) return null;
      return remoteText({ adapter, ways: probed.ways, server: proof.server });
    },
    // A server keeps its model; what failed is asked again as it is.
    release: () => undefined,
    proof: () => held.proof,
  };
}
