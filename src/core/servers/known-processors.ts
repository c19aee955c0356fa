/** What the preprocessor_config.json of a family's published models says, for servers whose model folder is not at hand. */
export interface KnownProcessor {
  readonly modelType: string;
  readonly preprocessor: Readonly<Record<string, unknown>>;
}

/** Families whose published checkpoints all prepare images alike, by their names (Hugging Face repositories, 2026). */
const BY_NAME: readonly { readonly name: RegExp; readonly processor: KnownProcessor }[] = [
  { name: /qwen[-_ ]?2([._]?5)?[-_ ]?vl/i, processor: qwen(14) },
  { name: /qwen[-_ ]?3[-_ ]?vl/i, processor: qwen(16) },
  {
    name: /(med-?gemma|gemma-?3)(?!n)/i,
    processor: {
      modelType: 'gemma3',
      preprocessor: { image_processor_type: 'Gemma3ImageProcessor', size: { height: 896, width: 896 }, resample: 2 },
    },
  },
  {
    name: /llava-(v?1\.5)/i,
    processor: {
      modelType: 'llava',
      preprocessor: {
        image_processor_type: 'CLIPImageProcessor',
        size: { shortest_edge: 336 },
        crop_size: { height: 336, width: 336 },
        resample: 3,
      },
    },
  },
];

function qwen(patch_size: number): KnownProcessor {
  return {
    modelType: 'qwen2_vl',
    preprocessor: {
      ...{ image_processor_type: 'Qwen2VLImageProcessor', patch_size, merge_size: 2, resample: 3 },
      min_pixels: 4 * (2 * patch_size) ** 2,
      max_pixels: 16384 * (2 * patch_size) ** 2,
    },
  };
}

/** The processor that a model's name stands for; null where a name says nothing, and originals are sent. */
export function processorByName(model: string): KnownProcessor | null {
  return BY_NAME.find(({ name }) => name.test(model))?.processor ?? null;
}
