/** What a command of the command line says about itself; help, parsing and dispatch all read this and nothing else. */

/** An option that is there or not: `--resume`. */
export interface Flag {
  readonly meaning: string;
}

/** An option with one value: `--limit N`. */
export interface Single<T = unknown> {
  /** What stands for the value in the help: `N`, `DIR`, `FILE|NAME`. */
  readonly value: string;
  readonly meaning: string;
  /** Reads what was typed; a value that cannot be meant is a `Stop` with exit code 2. */
  parse(text: string, name: string): T;
  /** What is taken where the option is not given. */
  readonly fallback: T;
}

/** An option that may be given several times: `--import A --import B`. */
export interface Several<T = unknown> {
  readonly value: string;
  readonly meaning: string;
  parse(text: string, name: string): T;
  readonly several: true;
}

export type Option = Flag | Single | Several;
/** Options by their name without the dashes, in the order of the help. */
export type Options = Readonly<Record<string, Option>>;

/** The values of options as a command gets them, under the names of the options. */
export type Values<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { readonly several: true; parse(text: string, name: string): infer T }
    ? readonly T[]
    : O[K] extends Single<infer T>
      ? T
      : boolean;
};

/** What a command takes beside its options: `owner/name`. */
export interface Positionals {
  /** As it stands in the help. */
  readonly value: string;
  readonly meaning: string;
  readonly least: number;
  readonly most: number;
}

/** Where and how a command was called. */
export interface Call {
  /** The folder in which the person stands; paths on the command line are meant from here. */
  readonly here: string;
  /** The arguments as typed, behind the command's name. */
  readonly argv: readonly string[];
  /** How the command is called in words: `npm run evaluate --` or `lookalike evaluate`. */
  readonly called: string;
}

/** One command. `options` is a function where they derive from registries in src/, which are TypeScript. */
export interface Command<O extends Options = Options> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The paragraphs below the first line of the command's own help. */
  readonly about: string;
  readonly positionals?: Positionals;
  options(): O | Promise<O>;
  /** What follows the options in the help: exit codes, notes. */
  readonly notes?: string;
  /** @returns the exit code; 0 when nothing is returned */
  run(values: Values<O>, positionals: readonly string[], call: Call): Promise<number | undefined>;
}
