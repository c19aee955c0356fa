import type { Raster } from './types.ts';

/** [height, width], in the order in which Hugging Face's code names sizes. */
export type Size = readonly [height: number, width: number];

/** Python's round: halves go to the even neighbour. */
export function pyRound(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}

/** A part of an image; what lies outside the picture is zero. */
export function crop(image: Raster, top: number, left: number, height: number, width: number): Raster {
  const canvas = blank(height, width, [0, 0, 0]);
  return paste(canvas, image, -top, -left);
}

/** An image cut into tiles, row by row; the last of a row or column is smaller where the tile's size does not divide the image's. */
export function cutTiles(image: Raster, [height, width]: Size): Raster[] {
  const tiles: Raster[] = [];
  for (let y = 0; y < image.height; y += height)
    for (let x = 0; x < image.width; x += width)
      tiles.push(crop(image, y, x, Math.min(height, image.height - y), Math.min(width, image.width - x)));
  return tiles;
}

/** An RGB image of one colour. */
export function blank(height: number, width: number, colour: readonly [number, number, number]): Raster {
  const data = new Uint8Array(width * height * 3);
  if (colour[0] === colour[1] && colour[1] === colour[2]) data.fill(colour[0]);
  else for (let i = 0; i < data.length; i++) data[i] = colour[i % 3] ?? 0;
  return { width, height, channels: 3, data };
}

/** Copies `image` onto `canvas` (which is changed and returned) with its corner at (top, left); what does not fit is cut off. */
export function paste(canvas: Raster, image: Raster, top: number, left: number): Raster {
  const x0 = Math.max(0, left);
  const x1 = Math.min(canvas.width, left + image.width);
  if (x1 <= x0) return canvas;
  for (let y = Math.max(0, top); y < Math.min(canvas.height, top + image.height); y++) {
    const from = ((y - top) * image.width + (x0 - left)) * 3;
    canvas.data.set(image.data.subarray(from, from + (x1 - x0) * 3), (y * canvas.width + x0) * 3);
  }
  return canvas;
}

/** Centre crop (transformers image_transforms.py, center_crop): where the picture is smaller, zeros surround it, the larger margin first. */
export function centreCrop(image: Raster, [height, width]: Size): Raster {
  return crop(image, Math.floor((image.height - height) / 2), Math.floor((image.width - width) / 2), height, width);
}

/** Pads to a square of one colour with the picture in its middle (LlavaImageProcessor.pad_to_square). */
export function padToSquare(image: Raster, colour: readonly [number, number, number]): Raster {
  if (image.width === image.height) return image;
  const side = Math.max(image.width, image.height);
  const top = Math.floor((side - image.height) / 2);
  const left = Math.floor((side - image.width) / 2);
  return paste(blank(side, side, colour), image, top, left);
}
