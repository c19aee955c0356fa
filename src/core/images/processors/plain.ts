import type { FilterName } from '../filters.ts';
import { fault, FaultError } from '../../fault.ts';
import { centreCrop, padToSquare, type Size } from '../geometry.ts';
import type { Normalisation } from '../normalise.ts';
import { resize } from '../resize.ts';
import {
  exactSize,
  normalisationOf,
  sizeOf,
  targetSize,
  type ProcessorFiles,
  type Settings,
  type SizeSetting,
} from '../settings.ts';
import { stackImages } from '../tensors.ts';
import type { Raster } from '../types.ts';
import { PLAIN, type ConfiguredProcessor, type ImageProcessor, type ResizePolicy } from './types.ts';

/** What differs between the classes that resize, crop and normalise one picture into [1, 3, H, W]. */
export interface PlainDefaults {
  readonly names: readonly string[];
  readonly filter: FilterName;
  readonly size: SizeSetting;
  readonly crop: number | null;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Whether a single number as `size` means a square, or the shortest edge. */
  readonly squareSize: boolean;
  /** Whether do_pad means the square, and not a padding to pad_size behind normalisation. */
  readonly squareByDoPad?: boolean;
  /** Whether a picture is padded to a square of the mean colour first. */
  padFirst?(settings: Settings, files: ProcessorFiles): boolean;
}

/** A processor of the common shape (image_processing_backends.py, PilBackend._preprocess). */
export function plainProcessor(defaults: PlainDefaults): ImageProcessor {
  return { names: defaults.names, configure: (settings, files) => configure(defaults, settings, files) };
}

function configure(defaults: PlainDefaults, s: Settings, files: ProcessorFiles): ConfiguredProcessor {
  const size = s.flag('do_resize', true) ? s.size('size', defaults.size, defaults.squareSize) : null;
  const cropDefault = defaults.crop === null ? null : { height: defaults.crop, width: defaults.crop };
  const crop = s.flag('do_center_crop', defaults.crop !== null)
    ? exactSize('crop_size', s.size('crop_size', cropDefault, true))
    : null;
  const filter = s.filter(defaults.filter);
  const normalisation = normalisationOf(s, defaults);
  const pad = defaults.padFirst?.(s, files) ?? false;
  const colour = s.triple('image_mean', defaults.mean).map((x) => Math.trunc(x * 255));
  refusePadding(s, defaults);
  const picture = (image: Raster, policy: ResizePolicy): Raster => {
    let made = pad ? padToSquare(image, [colour[0] ?? 0, colour[1] ?? 0, colour[2] ?? 0]) : image;
    if (size) made = resizeTo(made, size, filter, policy);
    return crop ? centreCrop(made, crop) : made;
  };
  return {
    layout: () => PLAIN,
    prepare: (image, policy) => ({ pixel_values: toTensor(picture(image, policy), normalisation) }),
    sized(image, policy) {
      const made = picture(image, policy);
      const same = !size || isSize(made, targetSize(size, sizeOf(made)));
      const whole = !crop || isSize(made, crop);
      return same && whole && !(pad && made.width !== made.height) ? made : null;
    },
  };
}

/** Whether a picture has just this size. */
export function isSize(image: Raster, [height, width]: Size): boolean {
  return image.height === height && image.width === width;
}

/** Padding to a fixed size after normalising exists in Hugging Face's code but in no folder we know: refused, never skipped. */
function refusePadding(s: Settings, defaults: PlainDefaults): void {
  if (!defaults.squareByDoPad && s.flag('do_pad', false) && s.size('pad_size', null, true) !== null)
    throw new FaultError(
      fault(
        'unsupported',
        'This model pads its images to a fixed size (do_pad with pad_size), which Lookalike cannot do.',
      ),
    );
}

export function resizeTo(image: Raster, size: SizeSetting, filter: FilterName, policy: ResizePolicy): Raster {
  const [height, width] = targetSize(size, sizeOf(image));
  return resize(image, { height, width, filter, ...policy });
}

const toTensor = (image: Raster, normalisation: Normalisation) => stackImages([image], normalisation, [1]);
