import { fault, FaultError } from '../../fault.ts';
import { padToSquare, pyRound, type Size } from '../geometry.ts';
import type { Normalisation } from '../normalise.ts';
import { resize } from '../resize.ts';
import { CLIP_MEAN, CLIP_STD, exactSize, normalisationOf, type Settings } from '../settings.ts';
import { stackImages } from '../tensors.ts';
import { PLAIN, type ConfiguredProcessor, type ImageProcessor } from './types.ts';

/** Janus: the longest edge is resized, then the picture is padded to a square of the mean colour. */
export const janus: ImageProcessor = { names: ['JanusImageProcessor'], configure };

/** The same by the makers of Janus (deepseek-ai/Janus, image_processing_vlm.py), who cut lengths to whole ones where transformers rounds them. */
export const deepseekVlm: ImageProcessor = { names: ['VLMImageProcessor'], configure: configureVlm };

function configure(s: Settings): ConfiguredProcessor {
  const [side, other] = exactSize('size', s.size('size', { height: 384, width: 384 }, true));
  if (side !== other)
    throw new FaultError(
      fault('bad-model', 'preprocessor_config.json has a size that is not square, which Janus needs.'),
    );
  const normalisation = normalisationOf(s, { mean: CLIP_MEAN, std: CLIP_STD });
  const scaled = s.flag('do_resize', true);
  return squared(s, {
    lengths: ([height, width]) => {
      if (!scaled) return [height, width];
      const delta = side / Math.max(height, width);
      return [pyRound(height * delta), pyRound(width * delta)];
    },
    least: scaled ? s.whole('min_size', 14) : 0,
    pad: s.flag('do_pad', true),
    normalisation,
  });
}

function configureVlm(s: Settings): ConfiguredProcessor {
  const side = s.whole('image_size', 384);
  return squared(s, {
    lengths: ([height, width]) => {
      const longest = Math.max(height, width);
      return [Math.trunc((height / longest) * side), Math.trunc((width / longest) * side)];
    },
    least: s.whole('min_size', 14),
    pad: true,
    normalisation: normalisationOf(s, { mean: CLIP_MEAN, std: CLIP_STD }),
  });
}

interface Squaring {
  /** [height, width] to which a picture is resized, before the least length. */
  lengths(size: Size): Size;
  readonly least: number;
  readonly pad: boolean;
  readonly normalisation: Normalisation;
}

function squared(s: Settings, { lengths, least, pad, normalisation }: Squaring): ConfiguredProcessor {
  const filter = s.filter('BICUBIC');
  const [r = 0, g = 0, b = 0] = s.triple('image_mean', CLIP_MEAN).map((x) => Math.trunc(x * 255));
  return {
    layout: () => PLAIN,
    prepare(image, policy) {
      const [high, wide] = lengths([image.height, image.width]);
      const [height, width] = [Math.max(high, least), Math.max(wide, least)];
      const scaled = resize(image, { height, width, filter, ...policy });
      const picture = pad ? padToSquare(scaled, [r, g, b]) : scaled;
      return { pixel_values: stackImages([picture], normalisation, [1]) };
    },
  };
}
