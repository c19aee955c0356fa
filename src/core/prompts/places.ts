/** The places that a template has; whatever else looks like a place would reach the model as it stands. */
const PLACES = ['{q}', '{a}', '{b}'];

/** What other tools write for a place, the widest first: Jinja and promptfoo, shells and JavaScript, Python's three ways, angle brackets. */
const SLIPS: readonly RegExp[] = [
  /\{\{[^{}]*\}\}|\{\{[qab]\}/g,
  /\{%[\s\S]*?%\}|\{#[\s\S]*?#\}/g,
  /[$#%@\\]\{[^{}]*\}/g,
  /\{\s*\d*\s*(?:![rsa])?(?::[^{}"'\s]{0,12})?\}/g,
  /\{\s*[A-Za-z_][\w.]*\s*(?:![rsa])?(?::[^{}"'\s]{0,12})?\}/g,
  /\{\s*(?:q|a|b|question|option_?[abAB])\b[^{}]*\}/g,
  /%\(\w+\)[sdr]|(?<![\w%])%[sdr](?!\w)/g,
  /\$(?:q|a|b|question|option_?[abAB])(?!\w)/g,
  /\[\[\s*\w+\s*\]\]|\[q\]/g,
  /[｛﹛][^｛｝﹛﹜]*[｝﹜]/g,
];
/** `<q>`, `<question>`: a place where nothing closes it, else a pair of tags. */
const TAG = /<(q|a|b|question|option_?[ab])>/gi;

/** What models' prompts write for an image. The image is put before the text by the model's own template. */
const IMAGE =
  /<\|?(?:image|images|img|image_\d+|image_pad|video|video_pad|vision_start|vision_end|vision_pad|media_pad|image_start|image_end|image_soft_token|start_of_image|end_of_image|image_placeholder|imageplaceholder|image_token|fake_token_around_image|global-img|im_start_image|im_patch|im_content|imagehere|begin_of_image)\|?>|<(?:image|img|video)[\s_:#]+[^<>\n]{1,80}>|\[IMG(?:_BREAK|_END)?\]|\{image\}|\{\{\s*image\s*\}\}/gi;

export interface PlaceFault {
  /** As it stands in the text. */
  readonly found: string;
  /** From 1, both. */
  readonly line: number;
  readonly column: number;
}

/** The first thing in a template that looks like a place and is none; null where there is none. */
export function slipIn(text: string): PlaceFault | null {
  const found = SLIPS.flatMap((pattern) => [...text.matchAll(pattern)].filter((m) => !PLACES.includes(m[0])));
  const tags = [...text.matchAll(TAG)].filter((m) => !text.includes(`</${m[1] ?? ''}>`));
  return first(text, [...found, ...tags, ...strayBraces(text)]);
}

/** The first place in a text that has none: a system text, the beginning of an answer. */
export function placeIn(text: string): PlaceFault | null {
  return first(text, [...text.matchAll(/\{[qab]\}/g)]) ?? slipIn(text);
}

/** The first place for an image that a text brings; null where there is none. */
export function imagePlaceIn(text: string): PlaceFault | null {
  return first(text, [...text.matchAll(IMAGE)]);
}

/** A brace too many right at a place ("{q}}"), where the text's braces do not pair. */
function strayBraces(text: string): readonly RegExpExecArray[] {
  const others = text.replace(/\{[qab]\}/g, '');
  const paired = others.split('{').length === others.split('}').length;
  return paired ? [] : [...text.matchAll(/\{+[qab]\}\}+|\{\{+[qab]\}+|\{+[qab](?![\w}])|(?<![\w{])[qab]\}/g)];
}

function first(text: string, found: readonly RegExpExecArray[]): PlaceFault | null {
  const m = found.reduce<RegExpExecArray | null>((best, x) => (best === null || x.index < best.index ? x : best), null);
  if (!m) return null;
  const before = text.slice(0, m.index).split('\n');
  return { found: m[0], line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
