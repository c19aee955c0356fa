import { InferenceSession, Tensor } from 'onnxruntime-web/webgpu';
import {
  brokenCase,
  compareOutput,
  fillInput,
  readManifest,
  type CaseInput,
  type CheckResult,
  type OperatorCase,
  type OperatorManifest,
} from '../../src/core/certificate/operators.ts';
import { fault, FaultError, toFault } from '../../src/core/fault.ts';
import type { OperatorCheckRequest } from '../../src/protocol/engine.ts';
import type { GpuMeter } from './gpu.ts';
import { configureBackend } from './runtime.ts';
import { startRuntime } from './start.ts';
import { floats, toHalf } from './tensors.ts';
import { cpuNodes, webgpuProvider } from './webgpu.ts';

/** The operator checks of a worker that may have loaded nothing yet. */
export async function checkOperators(request: OperatorCheckRequest, meter: GpuMeter): Promise<readonly CheckResult[]> {
  configureBackend(request, meter);
  await startRuntime();
  return runOperatorChecks(request);
}

/**
 * Runs the operator checks on this worker's device (docs/certificate.md), in the manifest's order, one session at a time.
 * The realm must have been configured (`configureBackend`). A graph that cannot be run is a failed check and ends the checks: after an error of
 * the runtime nothing that this worker computes can be believed.
 * @throws FaultError when the checks themselves cannot be read
 */
async function runOperatorChecks(options: OperatorCheckRequest): Promise<readonly CheckResult[]> {
  const { manifest, expected } = await readChecks(options.base);
  const results: CheckResult[] = [];
  for (const group of byGraph(manifest.cases)) {
    const model = await read(options.base, `${group.graph}${options.half ? '_fp16' : ''}.onnx`);
    const ended = await checkGraph(model, group.cases, expected, options, results);
    if (ended) break;
  }
  return results;
}

/** Appends the results of a graph's cases; true when no further graph shall run. */
async function checkGraph(
  model: Uint8Array,
  cases: readonly OperatorCase[],
  expected: Float32Array,
  options: OperatorCheckRequest,
  results: CheckResult[],
): Promise<boolean> {
  let session: InferenceSession | null = null;
  let current = cases[0];
  try {
    session = await InferenceSession.create(model, sessionOptions(options, model));
    for (const c of cases) {
      current = c;
      const found = await checkCase(session, c, expected, options.half);
      results.push(...found);
      if (options.stopAtFirst && found.some((r) => !r.passed)) return true;
    }
    return false;
  } catch (e) {
    if (current) results.push(...brokenCase(current, toFault(e, 'runtime').message, options.half));
    return true;
  } finally {
    await session?.release();
  }
}

async function checkCase(
  session: InferenceSession,
  c: OperatorCase,
  expected: Float32Array,
  half: boolean,
): Promise<CheckResult[]> {
  const feeds = Object.fromEntries(c.inputs.map((i) => [i.name, tensorOf(i, half)]));
  const outputs = await session.run(feeds);
  const results: CheckResult[] = [];
  for (const o of c.outputs) {
    const t = outputs[o.name];
    results.push(compareOutput(c, o, t ? await floats(t) : new Float32Array(0), expected, half));
    t?.dispose();
  }
  for (const t of Object.values(feeds)) t.dispose();
  return results;
}

function tensorOf(input: CaseInput, half: boolean): Tensor {
  const values = fillInput(input, half);
  if (input.type === 'int64') return new Tensor('int64', BigInt64Array.from(values, BigInt), input.dims);
  if (input.type === 'int32') return new Tensor('int32', Int32Array.from(values), input.dims);
  if (!half) return new Tensor('float32', values, input.dims);
  return new Tensor('float16', Uint16Array.from(values, toHalf), input.dims);
}

/** The providers with which the model's own sessions are made (session-options.ts), with the nodes on the CPU that would be there in a model. */
function sessionOptions({ device, rung }: OperatorCheckRequest, graph: Uint8Array): InferenceSession.SessionOptions {
  const provider = device === 'webgpu' ? webgpuProvider(rung, cpuNodes(graph)) : 'wasm';
  return { executionProviders: [provider], logSeverityLevel: 3 };
}

function byGraph(cases: readonly OperatorCase[]): { graph: string; cases: OperatorCase[] }[] {
  const groups: { graph: string; cases: OperatorCase[] }[] = [];
  for (const c of cases) {
    const last = groups.at(-1);
    if (last?.graph === c.graph) last.cases.push(c);
    else groups.push({ graph: c.graph, cases: [c] });
  }
  return groups;
}

async function readChecks(base: string): Promise<{ manifest: OperatorManifest; expected: Float32Array }> {
  const bytes = await read(base, 'expected.bin');
  const expected = new Float32Array(bytes.buffer, 0, Math.floor(bytes.byteLength / 4));
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(new TextDecoder().decode(await read(base, 'index.json')));
  } catch (e) {
    if (!(e instanceof SyntaxError)) throw e;
  }
  const manifest = readManifest(parsed, expected.length);
  if (manifest === null)
    throw new FaultError(
      fault('unreadable', 'The list of operator checks is damaged. Reload the page, or install Lookalike again.', {
        base,
      }),
    );
  return { manifest, expected };
}

async function read(base: string, file: string): Promise<Uint8Array<ArrayBuffer>> {
  const folder = base.endsWith('/') ? base : `${base}/`;
  const response = await fetch(new URL(file, new URL(folder, self.location.href)));
  if (!response.ok)
    throw new FaultError(
      fault(
        'not-found',
        `The operator check ${file} could not be read (${response.status}). Reload the page, or install Lookalike again.`,
        { file, status: response.status },
      ),
    );
  return new Uint8Array(await response.arrayBuffer());
}
