import { fault, FaultError } from '../../fault.ts';
import { padToSquare, pyRound } from '../geometry.ts';
import { resize } from '../resize.ts';
import { CLIP_MEAN, CLIP_STD, exactSize, normalisationOf, type Settings } from '../settings.ts';
import { stackImages } from '../tensors.ts';
import { PLAIN, type ConfiguredProcessor, type ImageProcessor } from './types.ts';

/** Janus: the longest edge is resized, then the picture is padded to a square of the mean colour. */
export const janus: ImageProcessor = { names: ['JanusImageProcessor'], configure };

function configure(s: Settings): ConfiguredProcessor {
  const [side, other] = exactSize('size', s.size('size', { height: 384, width: 384 }, true));
  if (side !== other)
    throw new FaultError(
      fault('bad-model', 'preprocessor_config.json has a size that is not square, which Janus needs.'),
    );
  const scale = s.flag('do_resize', true);
  const pad = s.flag('do_pad', true);
  const least = s.whole('min_size', 14);
  const filter = s.filter('BICUBIC');
  const normalisation = normalisationOf(s, { mean: CLIP_MEAN, std: CLIP_STD });
  const colour = s.triple('image_mean', CLIP_MEAN).map((x) => Math.trunc(x * 255));
  return {
    layout: () => PLAIN,
    prepare(image, policy) {
      const delta = side / Math.max(image.height, image.width);
      const height = Math.max(pyRound(image.height * delta), least);
      const width = Math.max(pyRound(image.width * delta), least);
      const scaled = scale ? resize(image, { height, width, filter, ...policy }) : image;
      const picture = pad ? padToSquare(scaled, [colour[0] ?? 0, colour[1] ?? 0, colour[2] ?? 0]) : scaled;
      return { pixel_values: stackImages([picture], normalisation, [1]) };
    },
  };
}
