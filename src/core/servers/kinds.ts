/** The kinds of model servers that Lookalike can ask, each with an adapter of its own. */
export const SERVER_KINDS = ['vllm', 'llamacpp', 'sglang', 'openai', 'gemini', 'anthropic'] as const;
export type ServerKind = (typeof SERVER_KINDS)[number];

export interface KindFacts {
  readonly label: string;
  /** What servers of this kind can give, in one line. */
  readonly gives: string;
  /** Paths that the app's own server passes on to it, and no others. */
  readonly paths: readonly RegExp[];
  /** Headers that carry the key. */
  headers(key: string): Readonly<Record<string, string>>;
}

const OPENAI = [/^\/v1\/models$/, /^\/v1\/chat\/completions$/];
const bearer = (key: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${key}` });

export const KINDS: Readonly<Record<ServerKind, KindFacts>> = {
  vllm: {
    label: 'vLLM',
    gives: 'GD and PS exactly, MC and FF.',
    paths: [
      ...OPENAI,
      /^\/v1\/chat\/completions\/render$/,
      /^\/inference\/v1\/generate$/,
      /^\/(tokenize|version|health)$/,
    ],
    headers: bearer,
  },
  llamacpp: {
    label: 'llama.cpp',
    gives: 'GD and PS exactly, MC and FF.',
    paths: [...OPENAI, /^\/(tokenize|apply-template|completion|props|health)$/],
    headers: bearer,
  },
  sglang: {
    label: 'SGLang',
    gives: 'GD and PS exactly, MC and FF.',
    paths: [...OPENAI, /^\/(generate|get_model_info|model_info|tokenize|health)$/],
    headers: bearer,
  },
  openai: {
    label: 'OpenAI-compatible',
    gives: 'MC and FF; GD where the letters are among the likeliest tokens that it names, else its choice alone.',
    paths: OPENAI,
    headers: bearer,
  },
  gemini: {
    label: 'Gemini',
    gives: 'MC and FF; GD on models that give log-probabilities, where both letters are among the likeliest 20.',
    paths: [/^\/v1beta\/models$/, /^\/v1beta\/models\/[\w.-]+(:generateContent)?$/],
    headers: (key) => ({ 'x-goog-api-key': key }),
  },
  anthropic: {
    label: 'Anthropic',
    gives: 'MC and FF: it gives no log-probabilities.',
    paths: [/^\/v1\/models$/, /^\/v1\/messages$/],
    headers: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  },
};

export function isServerKind(text: string): text is ServerKind {
  return SERVER_KINDS.some((kind) => kind === text);
}

/** Whether the app's own server may ask a server of this kind for this path (no query, no dots). */
export function isAskable(kind: ServerKind, path: string): boolean {
  return KINDS[kind].paths.some((allowed) => allowed.test(path));
}
