import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError, type Fault } from '../core/fault.ts';
import { needsJudge, requestedMethods } from '../core/methods/registry.ts';
import { probeInfo } from '../core/methods/probes.ts';
import { planGroups } from '../core/plan/groups.ts';
import { recordKey, SCORING_VERSION, type ResultRecord } from '../core/records/record.ts';
import type { RunInfo } from '../core/records/run-info.ts';
import {
  change,
  changesOnceLoaded,
  changesSince,
  changeWords,
  entriesText,
  hadDevice,
  imageChange,
  judgeChange,
  type Change,
  type PresentJudge,
  type Present,
} from '../core/records/same-run.ts';
import { capabilities, type Capabilities } from '../engines/local/device.ts';
import { chooseRungs } from '../engines/local/rungs.ts';
import { BUILTIN_JUDGE } from '../core/models/builtin.ts';
import { PERSON_JUDGE, SELF_JUDGE, type RunConfig } from '../core/records/run-config.ts';
import type { ResolvedModel } from '../engines/local/model.ts';
import type { ServerConfig } from '../core/servers/config.ts';
import { hostOf } from '../engines/remote/certificate.ts';
import { textId } from '../engines/remote/text.ts';
import { openAnswers } from '../run/judging.ts';
import type { RunPorts } from '../run/ports.ts';

/** A run that is to go on. */
export interface Continued<P extends RunPorts> {
  readonly ports: P;
  readonly config: RunConfig;
}

export interface ContinueOptions {
  /** Finds a model's files by its id. */
  readonly resolve: (modelId: string) => Promise<ResolvedModel>;
  /** Take the device and the number formats that made the records, whatever the configuration says. */
  readonly asBefore?: boolean;
  /** For tests; otherwise this browser's. */
  readonly browser?: Capabilities;
}

/**
 * Lets a stored run go on as the run that it was, at both entrances. What its configuration leaves open (device and dtype `auto`) is taken as it was; what is
 * another now (model, benchmark, images, prompts, paraphrases, judge, device, dtype, adapter, scoring version, pixel policy) refuses it, so that records
 * are never mixed. What only a loaded model can tell is compared before its first record, by the ports that are returned; a refused run stays as it was.
 * @throws FaultError 'another-run' with all that changed; `facts.earlierDevice` names the earlier device where it can be had
 */
export async function continueRun<P extends RunPorts>(
  ports: P,
  config: RunConfig,
  { resolve, asBefore = false, browser }: ContinueOptions,
): Promise<Continued<P>> {
  const [before, benchmark] = [await ports.info(config.id), await ports.benchmark(config.benchmarkId)];
  if (before === null || benchmark === null) return { ports, config };
  if (config.server) return continueOnServer(ports, config, config.server, { before, benchmark, resolve });
  const model = await resolve(config.modelId);
  const caps = browser ?? (await capabilities());
  const records = await ports.records(config.id);
  const earlier = earlierChoice(before, config);
  const taken = asBefore ? earlier : config;
  const content = [
    ...changesSince(before, presentOf(config, benchmark, model)),
    ...found(imageChange(records, imagesOf(benchmark))),
    ...found(await judgeOfRest(before, config, benchmark, records, resolve)),
  ];
  const device = deviceChanges(before, taken, model, caps);
  if (content.length + device.length > 0) {
    const canHave = content.length === 0 && isOffered(before, earlier, model, caps);
    throw new FaultError(refusal([...content, ...device], canHave ? before.device.kind : null));
  }
  return { ports: guarded(ports, before), config: hadDevice(before) ? openAsBefore(taken, earlier) : config };
}

/** The same for a model behind a server: what the server says of itself is compared once it has said it. */
async function continueOnServer<P extends RunPorts>(
  ports: P,
  config: RunConfig,
  { model }: ServerConfig,
  { before, benchmark, resolve }: { before: RunInfo; benchmark: Benchmark; resolve: ContinueOptions['resolve'] },
): Promise<Continued<P>> {
  const records = await ports.records(config.id);
  const changes = [
    ...found(change('device', before.device.kind, 'server')),
    ...found(model === '' ? null : change('model', before.model.id, model)),
    ...changesSince(before, presentOf(config, benchmark, { id: before.model.id, files: before.model.files })),
    ...found(imageChange(records, imagesOf(benchmark))),
    ...found(await judgeOfRest(before, config, benchmark, records, resolve)),
  ];
  if (changes.length > 0) throw new FaultError(refusal(changes));
  return { ports: guarded(ports, before), config };
}

/** What is said of a run that would mix records. */
export function refusal(changes: readonly Change[], earlierDevice: string | null = null): Fault {
  const message = `This run cannot go on as it was: ${changeWords(changes)}. Its records would be mixed with those of another run.`;
  const [first] = changes;
  return fault('another-run', message, {
    ...(first ? { what: first.what, before: first.before, now: first.now } : {}),
    earlierDevice,
  });
}

const found = (c: Change | null): readonly Change[] => (c === null ? [] : [c]);

function presentOf(
  config: RunConfig,
  { name, sha256 }: Benchmark,
  { id, files }: Pick<ResolvedModel, 'id' | 'files'>,
): Present {
  return {
    benchmark: { name, sha256 },
    promptSet: { name: config.promptSet.name, sha256: config.promptSetSha256, shotImages: config.shotImages ?? {} },
    paraphrases: (config.paraphrases ?? []).map((p) => ({ name: p.promptSet.name, sha256: p.sha256 })),
    probes: config.probes ? probeInfo(config.probes) : null,
    model: { id, files },
    shard: config.shard,
    scoringVersion: SCORING_VERSION,
    pixels: config.policy,
  };
}

function imagesOf(benchmark: Benchmark): (pair: string, image: 1 | 2) => string | null {
  const pairs = new Map(benchmark.pairs.map((p) => [p.id, p]));
  return (pair, image) => pairs.get(pair)?.images[image - 1]?.sha256 ?? null;
}

/** The judge matters only where an answer is left to be judged: one that no judge has read, or that is still to be given. */
async function judgeOfRest(
  before: RunInfo,
  config: RunConfig,
  benchmark: Benchmark,
  records: readonly ResultRecord[],
  resolve: ContinueOptions['resolve'],
): Promise<Change | null> {
  if (before.judge === undefined || config.judgeId === PERSON_JUDGE) return null;
  const done = new Set(records.filter((r) => r.status === 'scored').map(recordKey));
  const judged = requestedMethods(config.methods).filter((request) => needsJudge([request]));
  const left = planGroups(benchmark, judged, done, config.limit, config.probes);
  if (left.length === 0 && openAnswers(records).length === 0) return null;
  if (config.judgeId === SELF_JUDGE) return judgeChange(before.judge, { kind: 'self', id: before.model.id });
  const { judgeServer: server } = config;
  if (server) return judgeChange(before.judge, servedJudge(before.judge, server));
  const { id, files } = await resolve(config.judgeId ?? BUILTIN_JUDGE);
  return judgeChange(before.judge, { kind: 'model', id, files });
}

/** A judge behind a server, by its name and host; where no name was given, the server's only model is meant. */
function servedJudge(before: RunInfo['judge'], server: ServerConfig): PresentJudge {
  const host = hostOf(server);
  const was = before && before.kind !== 'person' ? before.id : '';
  const id = server.model === '' && was.endsWith(textId('', host)) ? was : textId(server.model, host);
  return { kind: 'model', id, files: [], device: 'server' };
}

/** The configuration with what made the records: its device and number formats. */
function earlierChoice(before: RunInfo, config: RunConfig): RunConfig {
  const { kind } = before.device;
  return { ...config, device: kind === 'server' ? config.device : kind, dtype: before.model.dtype };
}

/** What was left open is what it was. */
function openAsBefore(config: RunConfig, earlier: RunConfig): RunConfig {
  return {
    ...config,
    device: config.device === 'auto' ? earlier.device : config.device,
    dtype: config.dtype === 'auto' ? earlier.dtype : config.dtype,
  };
}

/** Whether the device, the adapter and the number formats that made the records are among those that this run may take now. */
function deviceChanges(
  before: RunInfo,
  config: RunConfig,
  model: ResolvedModel,
  caps: Capabilities,
): readonly Change[] {
  if (!hadDevice(before)) return []; // it ended before it had a device
  const { kind, adapter } = before.device;
  if (config.device !== 'auto' && config.device !== kind) return found(change('device', kind, config.device));
  const rungs = chooseRungs(config, model, caps);
  if (!rungs.ok && rungs.fault.code !== 'no-device') throw new FaultError(rungs.fault);
  const offered = rungs.ok ? rungs.value : [];
  const dtypes = offered.filter((r) => r.device === kind).map((r) => entriesText(r.dtype));
  if (dtypes.length === 0) return found(change('device', kind, 'no longer offered by this browser'));
  const was = entriesText(before.model.dtype);
  return [
    ...(dtypes.includes(was) ? [] : found(change('dtype', was, dtypes[0] ?? ''))),
    ...found(adapterChange(adapter, kind === 'webgpu' ? (caps.adapter?.info ?? null) : null)),
  ];
}

/** Whether what made the records can be had here and now. */
function isOffered(...what: Parameters<typeof deviceChanges>): boolean {
  try {
    return deviceChanges(...what).length === 0;
  } catch {
    return false; // the folder no longer has those number formats
  }
}

/** As far as the page knows the adapter without a device; the loaded engine knows more, and is compared too. */
function adapterChange(
  before: Readonly<Record<string, string>> | null,
  now: Readonly<Record<string, string>> | null,
): Change | null {
  const known = Object.fromEntries(Object.entries(before ?? {}).filter(([key]) => now === null || key in now));
  return change('adapter', entriesText(known), entriesText(now ?? {}));
}

/** Ports that keep nothing of a run whose loaded engine turns out to be another than made its records. */
function guarded<P extends RunPorts>(ports: P, before: RunInfo): P {
  let refused = false;
  return {
    ...ports,
    keepInfo: async (id: string, info: RunInfo) => {
      if (refused) return;
      const changes = changesOnceLoaded(before, info);
      if (changes.length > 0) {
        refused = true;
        throw new FaultError(refusal(changes));
      }
      await ports.keepInfo(id, info);
    },
  };
}
