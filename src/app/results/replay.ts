import { limitBenchmark } from '../../core/benchmark/select.ts';
import type { Benchmark } from '../../core/benchmark/types.ts';
import { canonicalJson } from '../../core/exchange/canonical.ts';
import { compareReplay, type ReplayReport } from '../../core/exchange/replay.ts';
import type { ResultRecord } from '../../core/records/record.ts';
import { PERSON_JUDGE, type RunConfig } from '../../core/records/run-config.ts';
import type { RunInfo } from '../../core/records/run-info.ts';
import { probesOfRecords } from '../../core/methods/probe-records.ts';
import type { PromptSet } from '../../core/prompts/types.ts';
import { fault, FaultError } from '../../core/fault.ts';
import { sha256 } from '../../store/hash.ts';
import type { Bundle } from './bundle.ts';

export interface ReplayChoice {
  readonly modelId: string;
  /** What the bundle's run had, where nothing else is asked for. */
  readonly device: RunConfig['device'] | null;
  readonly dtype: RunConfig['dtype'] | null;
  readonly threads: number | 'auto' | null;
  /** Another prompt set than the bundle's. */
  readonly promptSet: PromptSet | null;
  readonly shotImages: Readonly<Record<string, string>> | null;
  /** The first N pairs of the bundle only. */
  readonly limit: number | null;
}

/** The part of a bundle that is repeated. */
export function limitedBundle(bundle: Bundle, limit: number | null): Bundle & { readonly benchmark: Benchmark } {
  const whole: Benchmark = bundle.benchmark ?? { name: '', sha256: '', pairs: [], skipped: [], problems: [] };
  const benchmark = limitBenchmark(whole, limit);
  const ids = new Set(benchmark.pairs.map((p) => p.id));
  return { ...bundle, benchmark, records: bundle.records.filter((r) => ids.has(r.pair)) };
}

/** The pairs of a benchmark that a bundle asked about. */
export function askedPairs(benchmark: Benchmark, records: readonly ResultRecord[]): Benchmark {
  const asked = new Set(records.map((r) => r.pair));
  return { ...benchmark, pairs: benchmark.pairs.filter((p) => asked.has(p.id)) };
}

/**
 * The run that repeats a bundle's: its methods, prompts and settings, on its device and number formats where no others are asked for. Nobody judges: written
 * answers are compared as they were written.
 */
export async function replayConfig(bundle: Bundle, benchmark: Benchmark, choice: ReplayChoice): Promise<RunConfig> {
  const { info, prompts } = bundle;
  const hashOf = (set: PromptSet): Promise<string> => sha256(new TextEncoder().encode(canonicalJson(set)));
  const promptSet = choice.promptSet ?? prompts.promptSet;
  const paraphrases = await Promise.all(
    prompts.paraphrases.map(async (set) => ({ promptSet: set, sha256: await hashOf(set) })),
  );
  return {
    id: 'replay',
    createdAt: new Date().toISOString(),
    benchmarkId: benchmark.sha256,
    benchmarkName: benchmark.name,
    modelId: choice.modelId,
    methods: info.methods,
    promptSet,
    promptSetSha256: await hashOf(promptSet),
    device: choice.device ?? ownDevice(info),
    dtype: choice.dtype ?? (Object.keys(info.model.dtype).length > 0 ? info.model.dtype : 'auto'),
    threads: choice.threads ?? (info.device.threads > 0 ? info.device.threads : 'auto'),
    limit: null,
    ...(info.probes
      ? {
          probes: {
            ...probesOfRecords(info.probes, bundle.records),
            marksSha256: info.probes.marks?.sha256 ?? null,
          },
        }
      : {}),
    policy: info.pixels,
    ...(info.chat ? { chat: chatOf(info.chat) } : {}),
    // What comes out is compared with what came out before, whatever the device's check finds.
    allowUncertified: true,
    ...(paraphrases.length > 0 ? { paraphrases } : {}),
    judgeId: PERSON_JUDGE,
    ...(choice.shotImages ? { shotImages: choice.shotImages } : {}),
  };
}

function chatOf({ thinking, date, thoughtTokens }: NonNullable<RunInfo['chat']>): NonNullable<RunConfig['chat']> {
  return { thinking, date, thoughtTokens };
}

/** Compares what a bundle holds with what was computed now. */
export function replayReport(
  bundle: Bundle & { readonly benchmark: Benchmark },
  now: { readonly info: RunInfo; readonly benchmark: Benchmark; readonly records: readonly ResultRecord[] },
): ReplayReport {
  const fault = now.info.fault?.message ?? '';
  return compareReplay(bundle, now, { tampered: bundle.tampered, fault });
}

/** @throws FaultError 'unsupported' for a run whose model was behind a server */
function ownDevice({ device, server }: RunInfo): RunConfig['device'] {
  if (device.kind !== 'server') return device.kind;
  throw new FaultError(
    fault(
      'unsupported',
      `This run asked a model behind a server (${server?.host ?? 'elsewhere'}), which is not in the bundle. Ask the server again with evaluate --server, or replay it with the model's files by --model and --device.`,
    ),
  );
}
