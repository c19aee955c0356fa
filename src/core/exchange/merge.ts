import type { Benchmark, Pair } from '../benchmark/types.ts';
import { fail, fault, ok, type Result } from '../fault.ts';
import { asPublished } from '../methods/reading.ts';
import { recordsOfRun } from '../methods/registry.ts';
import { addWork } from '../plan/types.ts';
import { recordKey, type ResultRecord } from '../records/record.ts';
import { benchmarkInfo } from '../records/benchmark-info.ts';
import type { RunInfo } from '../records/run-info.ts';
import { entriesText } from '../records/same-run.ts';
import { answered } from '../statistics/counts.ts';
import { belongTogether } from './merge-check.ts';
import { mergeRecords } from './merge-records.ts';
import { isCertified } from './results-folder.ts';

/** A results folder that is to be joined with others. */
export interface Part {
  /** As the person named it. */
  readonly name: string;
  readonly info: RunInfo;
  readonly benchmark: Benchmark;
  readonly records: readonly ResultRecord[];
}

export interface Merged {
  readonly info: RunInfo;
  readonly benchmark: Benchmark;
  readonly records: readonly ResultRecord[];
  /** What is worth telling, in sentences. */
  readonly messages: readonly string[];
  /** Why the whole is not complete, in sentences; empty where it is. */
  readonly missing: readonly string[];
}

/**
 * Joins results folders of shards, or of one run that went on on other machines, into the run that one machine would have made. Work and time add up; records
 * that several parts hold must be the same, save that a score replaces a failure and a judged answer one that waits for its judge.
 * @param command for run.json
 * @returns a fault naming everything that does not belong together
 */
export function mergeParts(parts: readonly Part[], command: string | null): Result<Merged> {
  const together = belongTogether(parts);
  if (!together.ok) return together;
  const pairs = mergePairs(parts);
  if (!pairs.ok) return pairs;
  const records = mergeRecords(
    parts.map(({ name, info, records: own }) => ({ name, records: asPublished(own, info.reading) })),
  );
  if (!records.ok) return records;
  const benchmark = pairs.value;
  const missing = missingOf(parts, benchmark, records.value);
  const info = mergeInfo(parts, benchmark, missing.length === 0, command);
  return ok({ info, benchmark, records: records.value, messages: messagesOf(parts), missing });
}

/** Each pair at its place among all that the run is about. */
function mergePairs(parts: readonly Part[]): Result<Benchmark> {
  const at = new Map<number, Pair>();
  const placeOf = new Map<string, number>();
  for (const { name, benchmark } of parts)
    for (const [i, pair] of benchmark.pairs.entries()) {
      const place = placeIn(benchmark, i);
      const other = at.get(place);
      const before = placeOf.get(pair.id);
      if ((other && other.id !== pair.id) || (before !== undefined && before !== place))
        return fail(
          fault(
            'another-run',
            `These results do not belong together: pair ${pair.id} stands elsewhere in ${name} than in the others, so that they are about other selections of pairs.`,
            { what: 'pairs', pair: pair.id },
          ),
        );
      at.set(place, pair);
      placeOf.set(pair.id, place);
    }
  const [first] = parts;
  if (!first) return fail(fault('bad-argument', 'There is nothing to merge.'));
  const { name, sha256 } = first.benchmark;
  const places = [...at.keys()].sort((a, b) => a - b);
  const of = Math.max(...parts.map((p) => p.benchmark.part?.of ?? p.benchmark.pairs.length));
  const skipped = new Map(parts.flatMap((p) => p.benchmark.skipped.map((s) => [s.pair, s] as const)));
  return ok({
    ...{ name, sha256, problems: [] },
    pairs: places.flatMap((place) => at.get(place) ?? []),
    skipped: [...skipped.values()],
    ...(places.length === of ? {} : { part: { of, places } }),
  });
}

function placeIn(benchmark: Benchmark, i: number): number {
  return benchmark.part?.places[i] ?? i;
}

function missingOf(parts: readonly Part[], benchmark: Benchmark, records: readonly ResultRecord[]): readonly string[] {
  const of = benchmark.part?.of ?? benchmark.pairs.length;
  const absent = of - benchmark.pairs.length;
  const shards = parts.flatMap((p) => p.info.shard ?? []);
  const all = Array.from({ length: shards[0]?.of ?? 0 }, (_, i) => i + 1);
  const gone = all.filter((index) => !shards.some((s) => s.index === index));
  const which = gone.length === 0 || absent === 0 ? '' : ` (shard ${gone.join(', ')} of ${all.length})`;
  const have = new Set(records.map(recordKey));
  const methods = recordsOfRun(parts[0]?.info.methods ?? []);
  const open = benchmark.pairs.flatMap((pair) =>
    ([1, 2] as const).flatMap((image) =>
      methods.filter((method) => !have.has(recordKey({ pair: pair.id, image, method }))),
    ),
  ).length;
  const waiting = records.filter((r) => r.status === 'scored' && answered(r) === null).length;
  return [
    ...(absent === 0 ? [] : [`${absent} of ${of} pairs are in none of these folders${which}.`]),
    ...(open === 0 ? [] : [`${open} answers are missing: go on with the parts that were stopped, or merge them too.`]),
    ...(waiting === 0 ? [] : [`${waiting} answers wait for a judge.`]),
  ];
}

function mergeInfo(parts: readonly Part[], benchmark: Benchmark, complete: boolean, command: string | null): RunInfo {
  const infos = parts.map((p) => p.info);
  // The part with the first pair: its certificate checked the question that a run of all pairs would have checked.
  const lead = [...parts].sort((a, b) => placeIn(a.benchmark, 0) - placeIn(b.benchmark, 0))[0]?.info ?? infos[0];
  if (!lead) throw new RangeError('There is nothing to merge.');
  const rest: { -readonly [K in keyof RunInfo]: RunInfo[K] } = { ...lead };
  delete rest.shard;
  delete rest.otherDevices;
  if (complete) delete rest.fault;
  const unproven = infos.find((info) => !isCertified(info));
  const started = infos.map((i) => i.startedAt).sort();
  const finished = infos.flatMap((i) => i.finishedAt ?? []).sort();
  const others = otherDevices(lead, infos);
  const judge = lead.judge ?? infos.find((i) => i.judge !== undefined)?.judge;
  return {
    ...rest,
    startedAt: started[0] ?? lead.startedAt,
    finishedAt: finished.at(-1) ?? null,
    state: complete ? 'done' : 'stopped',
    benchmark: benchmarkInfo(benchmark),
    ...similaritiesOf(infos, benchmark),
    ...(judge ? { judge } : {}),
    certificate: unproven ? unproven.certificate : lead.certificate,
    work: infos.slice(1).reduce((sum, { work }) => addWork(sum, work), infos[0]?.work ?? lead.work),
    seconds: {
      load: infos.reduce((n, i) => n + i.seconds.load, 0),
      score: infos.reduce((n, i) => n + i.seconds.score, 0),
    },
    command,
    ...(others.length > 0 ? { otherDevices: others } : {}),
  };
}

/** What all parts know of how alike a pair's images are, in the benchmark's order. */
function similaritiesOf(
  infos: readonly RunInfo[],
  { pairs }: Pick<Benchmark, 'pairs'>,
): Pick<RunInfo, 'imageSimilarity'> {
  const all: Record<string, number> = Object.assign({}, ...infos.map((i) => i.imageSimilarity ?? {}));
  const known = pairs.flatMap(({ id }) => (all[id] === undefined ? [] : [[id, all[id]] as const]));
  return known.length > 0 ? { imageSimilarity: Object.fromEntries(known) } : {};
}

/** Devices of the other parts that are not that of the first: the same kind, on another adapter. */
function otherDevices(lead: RunInfo, infos: readonly RunInfo[]): readonly RunInfo['device'][] {
  const adapter = ({ device }: Pick<RunInfo, 'device'>): string => entriesText(device.adapter ?? {});
  const all = infos
    .flatMap((i) => [i.device, ...(i.otherDevices ?? [])])
    .filter((d) => adapter({ device: d }) !== adapter(lead));
  return [...new Map(all.map((device) => [adapter({ device }), device])).values()];
}

function messagesOf(parts: readonly Part[]): readonly string[] {
  const versions = [...new Set(parts.map((p) => p.info.lookalike))];
  const [lead] = parts;
  const adapters = lead
    ? otherDevices(
        lead.info,
        parts.map((p) => p.info),
      ).length
    : 0;
  return [
    ...(versions.length > 1 ? [`The parts were made by versions ${versions.join(', ')} of Lookalike.`] : []),
    ...(adapters > 0
      ? [`The parts were computed on ${adapters + 1} different adapters; run.json names them (otherDevices).`]
      : []),
  ];
}
