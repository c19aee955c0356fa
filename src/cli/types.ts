import type { Result } from '../core/fault.ts';
import type { ServerConfig } from '../core/servers/config.ts';
import type { Control } from './control.ts';
import type { OutcomeOf, RequestOf, UseCaseName } from './use-cases.ts';

/** What crosses between the command line (tools/drive) and the page that it drives; plain data on both sides. */

/** A text model as the command line names it: a folder, or the server that has it. */
export type NamedText = ServedFolder | { readonly server: ServerConfig };

/** A folder served read-only on this page's own origin, listed by `<base>index.json`. */
export interface ServedFolder {
  readonly base: string;
  readonly name: string;
}

/** One file of the output folder: path below it, and its content. */
export type OutFile = { readonly path: string } & ({ readonly text: string } | { readonly bytes: Uint8Array });

/** What a use case reports while it works. */
export type DriveEvent =
  /** The page can be driven: `globalThis.lookalike` is there. */
  | { readonly type: 'ready' }
  | {
      readonly type: 'progress';
      readonly what: string;
      /** What is counted, in the plural: "questions", "images". */
      readonly unit: string;
      readonly done: number;
      readonly total: number;
      readonly failed: number;
      /** Units a second; null before the first. */
      readonly rate: number | null;
      readonly secondsLeft: number | null;
    }
  | { readonly type: 'message'; readonly text: string }
  /** Files to be written now, each whole. */
  | { readonly type: 'files'; readonly files: readonly OutFile[] }
  /** Lines for the end of a file, without line ends; on disk before the next event is looked at. */
  | { readonly type: 'append'; readonly path: string; readonly lines: readonly string[] };

export type Report = (event: DriveEvent) => void;

/** What a use case is given beside its request. */
export interface DriveContext {
  readonly report: Report;
  readonly control: Control;
}

/** Something that the command line asks of the page: plain data in, plain data out. A fault that is thrown ends it. */
export type UseCase<Request, Outcome> = (request: Request, context: DriveContext) => Promise<Outcome>;

/** What the page exposes as `globalThis.lookalike` when it is opened with `?drive`. */
export interface Drive {
  run<N extends UseCaseName>(useCase: N, request: RequestOf<N>): Promise<Result<OutcomeOf<N>>>;
  /** Stops after the work in hand; `run` then resolves. */
  stop(): Promise<void>;
}
