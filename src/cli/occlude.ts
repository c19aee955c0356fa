import { encode } from 'fast-png';
import { resolveModel } from '../app/models.ts';
import { newRun } from '../app/new-run.ts';
import { encodesOf, occlude, rastersOf, type Look, type Occluded } from '../app/occlude.ts';
import { enginePorts } from '../app/ports.ts';
import type { Benchmark } from '../core/benchmark/types.ts';
import { DEFAULT_CHAT, FIXED_DATE } from '../core/chat/settings.ts';
import { fault, FaultError } from '../core/fault.ts';
import { boundsOf } from '../core/images/marks/mark.ts';
import { textSize } from '../core/images/marks/shapes.ts';
import type { Raster } from '../core/images/types.ts';
import { methodChoices } from '../core/methods/registry.ts';
import { SERVED } from '../core/models/builtin.ts';
import { keptMaps, occlusionText } from '../core/occlusion/file.ts';
import { difference, regionEffects, scaleOf, shareIn, type OcclusionMap } from '../core/occlusion/map.ts';
import { occlusionPicture } from '../core/occlusion/picture.ts';
import type { OcclusionSettings } from '../core/occlusion/plan.ts';
import { signed } from '../core/reports/grid.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import { VERSION } from '../core/version.ts';
import { openStore, type Store } from '../store/db.ts';
import { choosePrompts, readServedBenchmark } from './data.ts';
import type { EvaluateRequest } from './evaluate-types.ts';
import { progressOf } from './progress.ts';
import type { DriveContext, OutFile, Report, ServedFolder } from './types.ts';

/** Where a model looks, as the command line asks for it. */
export interface OccludeRequest extends Pick<
  EvaluateRequest,
  'benchmark' | 'prompts' | 'device' | 'dtype' | 'threads' | 'allowUncertified'
> {
  readonly model: ServedFolder;
  /** Ids of pairs; 'all' for every pair. */
  readonly pairs: 'all' | readonly string[];
  readonly settings: OcclusionSettings;
  /** Hide each marked region too. */
  readonly regions: boolean;
  /** occlusion.json of an earlier look into the same folder; null where there is none. */
  readonly earlier: string | null;
}

export interface OccludeOutcome {
  readonly files: readonly OutFile[];
  readonly words: string;
}

/** Maps of pairs, as occlusion.json and one picture a pair. */
export async function occludePairs(
  request: OccludeRequest,
  { report, control }: DriveContext,
): Promise<OccludeOutcome> {
  const { benchmark, image } = await readServedBenchmark(request.benchmark, report, control.signal);
  const looks = looksAt(request, benchmark);
  const config = await configOf(request, benchmark);
  const earlier = keptMaps(request.earlier ?? '');
  const kept = new Map(earlier.map(({ key, map }) => [key, map]));
  const store = await openStore();
  try {
    const open = { benchmark, config, settings: request.settings, looks };
    report({ type: 'message', text: `${looks.length} maps, at most ${encodesOf(open)} image encodes.` });
    const model = await modelId(store, config);
    const found = await occlude(open, {
      engine: enginePorts(store, image).engine,
      kept: async (key) => kept.get(key) ?? null,
      // On disk at once: whoever stops goes on from there by looking again.
      keep: async (key, map, soFar) => {
        kept.set(key, map);
        const maps = [...kept].map(([k, m]) => ({ key: k, map: m }));
        report({ type: 'files', files: [jsonFile({ ...soFar, maps }, benchmark, model)] });
      },
      says: (what, done, total) => tell(report, what, done, total),
      stopped: () => control.signal.aborted,
    });
    for (const text of found.messages) report({ type: 'message', text });
    const rasters = await rastersOf(await blobsOf(found, image), config.policy);
    // Maps that the folder held and this look did not ask for stay in it, behind those that it did.
    const asked = new Set(found.maps.map((m) => m.key));
    const maps = [...found.maps, ...earlier.filter((m) => !asked.has(m.key))];
    return {
      files: [jsonFile({ ...found, maps }, benchmark, model), ...pictures(found, rasters)],
      words: wordsOf(found, benchmark, rasters),
    };
  } finally {
    store.close();
  }
}

function tell(report: Report, what: string, done: number, total: number): void {
  report(progressOf({ what, unit: 'encodes', done, total }));
}

/**
 * Both images of each pair that is named.
 * @throws FaultError 'bad-argument' naming a pair that is not there, or where regions are to be hidden and no pair has marks
 */
function looksAt({ pairs, regions }: OccludeRequest, benchmark: Benchmark): readonly Look[] {
  const ids = pairs === 'all' ? benchmark.pairs.map((p) => p.id) : pairs;
  const looks = ids.flatMap((id) => {
    const pair = benchmark.pairs.find((p) => p.id === id);
    if (!pair) throw new FaultError(noPair(id, benchmark));
    const marks = regions && Object.hasOwn(benchmark.marks ?? {}, id) ? benchmark.marks?.[id] : undefined;
    return ([1, 2] as const).map((image): Look => ({ pair, image, regions: marks?.[image === 1 ? 0 : 1] ?? [] }));
  });
  if (regions && looks.every((l) => l.regions.length === 0)) throw new FaultError(noRegions(ids, benchmark));
  return looks;
}

function noRegions(ids: readonly string[], { name }: Benchmark) {
  const [one, two] = ids;
  const whose = two === undefined ? `pair ${one ?? ''} of ${name}` : `the ${ids.length} pairs of ${name}`;
  return fault(
    'bad-argument',
    `--regions hides marked regions one at a time, and ${whose} has no marks: draw some on its page, put marks.json beside the question file, or leave --regions out.`,
  );
}

function noPair(id: string, benchmark: Benchmark) {
  const skipped = benchmark.skipped.find((s) => s.pair === id);
  const some = benchmark.pairs.slice(0, 3).map((p) => p.id);
  const why = skipped ? `It cannot run: ${skipped.reason}` : `Its pairs are ${some.join(', ')}, ...`;
  return fault('bad-argument', `There is no pair "${id}" to look at in ${benchmark.name}. ${why}`);
}

function configOf(request: OccludeRequest, benchmark: Benchmark): Promise<RunConfig> {
  const { device, dtype, threads, allowUncertified, model, settings } = request;
  const choice = {
    modelId: `${SERVED}${model.base}`,
    benchmark: { id: benchmark.sha256, benchmark },
    methods: methodChoices([settings.method]),
    promptSet: choosePrompts(request.prompts),
    ...{ device, dtype, threads, allowUncertified, limit: null },
    chat: { ...DEFAULT_CHAT, date: FIXED_DATE },
  };
  return newRun(choice, 'command-line');
}

async function modelId(store: Store, config: RunConfig): Promise<string> {
  return (await resolveModel(store, config.modelId)).id;
}

async function blobsOf(found: Occluded, image: (sha256: string) => Promise<Blob | null>): Promise<readonly Blob[]> {
  return Promise.all(
    found.maps.map(async ({ map }) => {
      const blob = await image(map.imageSha256);
      if (!blob) throw new FaultError(fault('not-found', `Image ${map.image} of pair ${map.pair} is gone.`));
      return blob;
    }),
  );
}

function jsonFile(
  { maps, work, facts }: Omit<Occluded, 'messages'>,
  { name, sha256 }: Benchmark,
  model: string,
): OutFile {
  const proof = facts?.proof;
  const certified = typeof proof === 'object' && proof !== null && 'passed' in proof && proof.passed === true;
  const text = occlusionText({
    ...{ format: 'lookalike-occlusion/1', lookalike: VERSION, benchmark: { name, sha256 }, model },
    ...{ device: facts?.device ?? null, certified: facts === null || certified, work, maps },
  });
  return { path: 'occlusion.json', text };
}

/** One picture a pair: both images with one colour scale. */
function pictures({ maps }: Occluded, rasters: readonly Raster[]): readonly OutFile[] {
  const pairs = [...new Set(maps.map(({ map }) => map.pair))];
  return pairs.map((pair) => {
    const parts = maps.flatMap(({ map }, i) => {
      const image = rasters[i];
      return map.pair === pair && image ? [{ map, image }] : [];
    });
    const { width, height, data } = occlusionPicture(parts);
    const name = pairs.length === 1 ? 'occlusion.png' : `occlusion-${pair.replace(/[^\w.-]/g, '_')}.png`;
    return { path: name, bytes: new Uint8Array(encode({ width, height, data, depth: 8, channels: 3 })) };
  });
}

/** The table for the terminal. */
function wordsOf({ maps, work }: Occluded, benchmark: Benchmark, rasters: readonly Raster[]): string {
  const lines = maps.map(({ map }, i) => {
    const image = rasters[i];
    const marks = benchmark.marks?.[map.pair]?.[map.image === 1 ? 0 : 1] ?? [];
    const [mark] = marks;
    const share =
      image && mark
        ? shareIn(
            map,
            boundsOf(mark, (t) => textSize(t, image)),
            image,
          )
        : null;
    const within =
      share === null
        ? ''
        : `; the marked region holds ${percent(share.change)} of the change on ${percent(share.area)} of the area`;
    return [
      `pair ${map.pair}, image ${map.image}: log p(A) - log p(B) = ${difference(map.plain).toFixed(4)}, ${strongest(map)}${within}`,
      ...regionEffects(map).map(
        ({ change, without, turns }, at) =>
          `  without region ${at + 1}${marks[at] ? ` (${marks[at].kind})` : ''}: ${without.toFixed(4)} (${signed(change, 4)})${turns ? ', another answer' : ''}`,
      ),
    ].join('\n');
  });
  return [...lines, `${work.imageEncodes} image encodes, ${work.prefills} prefills.`].join('\n');
}

function strongest(map: OcclusionMap): string {
  const scale = scaleOf([map]);
  const at = map.cells.findIndex((c) => Math.abs(c) === scale);
  const [row, column] = [Math.floor(at / map.grid) + 1, (at % map.grid) + 1];
  const change = map.cells[at] ?? 0;
  return `most changed (${signed(change, 4)}) without the cell in row ${row}, column ${column}`;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
