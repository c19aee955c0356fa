import * as v from 'valibot';

/** The cases of a folder: `cases.json`, with the files it names beside it. Keys that are not read here are passed over. */
const File = v.pipe(v.string(), v.minLength(1));
const Numbers = v.array(v.number());
const Base = { id: v.string(), note: v.optional(v.nullable(v.string())) };
const Tolerance = v.optional(v.object({ max_abs: v.optional(v.number()) }), {});
const Order = v.optional(v.nullable(v.string()));

const Resize = v.object({
  ...Base,
  op: v.literal('resize'),
  input: File,
  params: v.object({
    size: v.tuple([v.number(), v.number()]),
    resample: v.picklist(['NEAREST', 'LANCZOS', 'BILINEAR', 'BICUBIC', 'BOX', 'HAMMING']),
    box: v.optional(v.nullable(v.tuple([v.number(), v.number(), v.number(), v.number()]))),
    reducing_gap: v.optional(v.nullable(v.number())),
    mode: v.optional(v.picklist(['L', 'RGB'])),
  }),
  expected: v.object({ file: File, pass_order: Order, pillow12_file: v.optional(File) }),
  tolerance: Tolerance,
});

const Decode = v.object({
  ...Base,
  op: v.literal('decode'),
  input: File,
  params: v.optional(v.object({ browser: v.optional(v.string()) }), {}),
  expected: v.object({
    product: v.optional(File),
    pillow: v.optional(File),
    hf_on_white: v.optional(File),
    error: v.optional(v.string()),
    message_should_mention: v.optional(v.array(v.string())),
  }),
  tolerance: Tolerance,
});

const Orient = v.object({
  ...Base,
  op: v.literal('orient'),
  input: File,
  expected: v.object({ ignore: File, apply: File }),
  tolerance: Tolerance,
});

const Normalize = v.object({
  ...Base,
  op: v.literal('normalize'),
  params: v.object({ input_values: Numbers, rescale_factor: v.number(), mean: Numbers, std: Numbers }),
  expected: v.object({ values: v.array(Numbers), float32_hex: v.optional(v.array(v.array(v.string()))) }),
  tolerance: Tolerance,
});

const Hf = v.object({
  ...Base,
  op: v.literal('hf'),
  input: File,
  params: v.objectWithRest({ class: v.string(), pass_order: Order }, v.unknown()),
  expected: v.object({
    file: File,
    shape: Numbers,
    extras: v.optional(v.record(v.string(), v.unknown()), {}),
    pass_order: Order,
  }),
  tolerance: Tolerance,
});

export const CaseSchema = v.variant('op', [Resize, Decode, Orient, Normalize, Hf]);
export type Case = v.InferOutput<typeof CaseSchema>;
export type CaseOf<Op extends Case['op']> = Extract<Case, { op: Op }>;

/** How one case came out: '' when it passed, else in words how it falls short. */
export interface Verdict {
  readonly id: string;
  readonly short: string;
}
