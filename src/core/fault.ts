/**
 * Everything that can go wrong in front of a user. A fault is data: it crosses workers, is stored with records and shown as a sentence.
 * `message` is one sentence that says what happened and what to do; `facts` hold the particulars (file, place, numbers).
 */
export type FaultCode =
  | 'bad-argument' // a command-line argument or a setting that cannot be meant
  | 'not-found' // a file or folder that is not there
  | 'unreadable' // bytes that are not what their name says (broken JSON, broken image)
  | 'bad-benchmark' // a benchmark that holds nothing that can run
  | 'bad-model' // a model folder that is incomplete or of a kind that cannot run
  | 'unsupported' // a family, dtype, format or image kind that Lookalike refuses
  | 'bad-prompt' // a prompt that cannot be rendered or scored (a label that is not one token)
  | 'another-run' // a run that is to go on is no longer the run that made its records (records/same-run.ts)
  | 'no-device' // no WebGPU adapter, or too little of it
  | 'device-wrong' // the device fails its check and no rung of the ladder passes
  | 'device-lost'
  | 'out-of-memory'
  | 'worker-died'
  | 'runtime' // an error of ONNX Runtime or of the tokenizer that has no better name
  | 'storage-full'
  | 'storage'
  | 'network'
  | 'server-refused' // a model server that refuses the key, the model or the path
  | 'server-gone' // a model server that does not answer, or stopped to
  | 'server-wrong' // a model server whose answers cannot be believed
  | 'spent' // the limit on tokens or money is reached
  | 'stopped' // the user asked for it
  | 'internal';

export interface Fault {
  readonly code: FaultCode;
  readonly message: string;
  readonly facts?: Readonly<Record<string, string | number | boolean | null>>;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

/** Makes a fault. */
export function fault(code: FaultCode, message: string, facts?: Fault['facts']): Fault {
  return facts ? { code, message, facts } : { code, message };
}

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const fail = (f: Fault): { ok: false; fault: Fault } => ({ ok: false, fault: f });

/** An Error that carries a fault, for throwing inside one realm; `toFault` takes it apart at the boundary. */
export class FaultError extends Error {
  readonly fault: Fault;
  constructor(f: Fault) {
    super(f.message);
    this.name = 'FaultError';
    this.fault = f;
  }
}

/** The value of a result. @throws FaultError where it holds a fault */
export function orThrow<T>(result: Result<T>): T {
  if (!result.ok) throw new FaultError(result.fault);
  return result.value;
}

/** The fault behind anything thrown; unknown errors become `fallback` with their own words kept. */
export function toFault(error: unknown, fallback: FaultCode = 'internal'): Fault {
  if (error instanceof FaultError) return error.fault;
  const text = error instanceof Error ? error.message : String(error);
  return fault(fallback, text === '' ? 'Something failed without saying why.' : text);
}
