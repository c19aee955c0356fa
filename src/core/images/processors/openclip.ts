import { fault, FaultError } from '../../fault.ts';
import type { FilterName } from '../filters.ts';
import { blank, crop, paste, pyRound, type Size } from '../geometry.ts';
import { resize } from '../resize.ts';
import { CLIP_MEAN, CLIP_STD, exactSize, sizeOf, targetSize, type Settings } from '../settings.ts';
import { stackImages } from '../tensors.ts';
import type { Raster } from '../types.ts';
import { isSize } from './plain.ts';
import { PLAIN, type ConfiguredProcessor, type ImageProcessor, type ResizePolicy } from './types.ts';

/**
 * open_clip's own transform of an image for inference (open_clip transform.py, image_transform), with the settings of its `preprocess_cfg`:
 * size, mean, std, interpolation, resize_mode, fill_color. Named in no folder of Hugging Face: tools/make/export_open_clip.py writes it.
 */
export const openClip: ImageProcessor = { names: ['OpenClipImageProcessor'], configure };

const MODES = ['shortest', 'longest', 'squash'] as const;
type Mode = (typeof MODES)[number];

function configure(s: Settings): ConfiguredProcessor {
  const size = exactSize('size', s.size('size', { height: 224, width: 224 }, true));
  const mode = oneOf(s, 'resize_mode', MODES, 'shortest');
  const filter: FilterName =
    // "random" is for training; open_clip takes bicubic for it otherwise.
    oneOf(s, 'interpolation', ['bicubic', 'bilinear', 'random'], 'bicubic') === 'bilinear' ? 'BILINEAR' : 'BICUBIC';
  const fill = s.number('fill_color', 0);
  const normalisation = { rescale: 1 / 255, mean: s.triple('mean', CLIP_MEAN), std: s.triple('std', CLIP_STD) };
  const picture = (image: Raster, policy: ResizePolicy): Raster => {
    const [height, width] = resized(mode, sizeOf(image), size);
    // A target that is not square is resized by the class that knows no interpolation but its default.
    const by = mode === 'shortest' && size[0] !== size[1] ? 'BICUBIC' : filter;
    return centred(resize(image, { height, width, filter: by, ...policy }), size, fill);
  };
  return {
    layout: () => PLAIN,
    prepare: (image, policy) => ({ pixel_values: stackImages([picture(image, policy)], normalisation, [1]) }),
    sized(image, policy) {
      const made = picture(image, policy);
      return isSize(made, size) ? made : null;
    },
  };
}

function oneOf<T extends string>(s: Settings, key: string, values: readonly T[], fallback: T): T {
  const given = s.raw[key] ?? fallback;
  const found = values.find((v) => v === given);
  if (found !== undefined) return found;
  throw new FaultError(
    fault(
      'bad-model',
      `preprocessor_config.json has ${key} = ${JSON.stringify(given)}, where ${values.join(', ')} is needed.`,
      { key },
    ),
  );
}

/** The size before cropping or padding (torchvision's Resize; open_clip's ResizeKeepRatio where the ratio is kept otherwise). */
function resized(mode: Mode, [height, width]: Size, target: Size): Size {
  if (mode === 'squash') return target;
  if (mode === 'shortest' && target[0] === target[1]) return targetSize({ shortest_edge: target[0] }, [height, width]);
  const ratios = [height / target[0], width / target[1]] as const;
  const ratio = mode === 'longest' ? Math.max(...ratios) : Math.min(...ratios);
  return [Math.max(1, pyRound(height / ratio)), Math.max(1, pyRound(width / ratio))];
}

/**
 * Pads where the picture is smaller, the larger margin last, then crops; the corner is rounded to even (center_crop_or_pad), where Hugging Face's rounds down.
 */
function centred(image: Raster, [height, width]: Size, fill: number): Raster {
  const [h, w] = [Math.max(height, image.height), Math.max(width, image.width)];
  const padded =
    h === image.height && w === image.width
      ? image
      : paste(
          blank(h, w, [fill, fill, fill]),
          image,
          Math.floor((h - image.height) / 2),
          Math.floor((w - image.width) / 2),
        );
  if (isSize(padded, [height, width])) return padded;
  return crop(padded, pyRound((h - height) / 2), pyRound((w - width) / 2), height, width);
}
