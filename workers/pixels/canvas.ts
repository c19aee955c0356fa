import { fail, fault, ok, toFault, type Result } from '../../src/core/fault.ts';
import { imageFault } from '../../src/core/images/formats/types.ts';
import { isTransparent } from '../../src/core/images/colour.ts';
import type { Raster } from '../../src/core/images/types.ts';

/** Nothing may be changed on the way: no colour management, no premultiplied alpha, no turning. */
const AS_STORED: ImageBitmapOptions = {
  colorSpaceConversion: 'none',
  premultiplyAlpha: 'none',
  imageOrientation: 'none',
};

/**
 * Decodes by the browser's own decoder. Opaque pictures come back exactly through a 2D canvas (measured equal to Pillow, bit for bit,
 * for JPEG, WebP and BMP in Chromium); those with alpha only through WebGL, since a 2D canvas premultiplies.
 * `kind` is the format's name for messages. The bytes must hold no EXIF: browsers turn the picture by it whatever is asked.
 */
export async function decodeByBrowser(bytes: Uint8Array, mime: string, kind: string): Promise<Result<Raster>> {
  if (typeof OffscreenCanvas === 'undefined') return noOffscreen(kind);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes.slice()], { type: mime }), AS_STORED);
  } catch (e) {
    return fail(
      imageFault(
        'corrupt',
        `The ${kind} file is damaged (corrupt): the browser cannot decode it. Copy or export it again.`,
        {
          reason: toFault(e).message,
        },
      ),
    );
  }
  try {
    const flat = through2d(bitmap);
    if (!flat.ok || !isTransparent(flat.value)) return flat;
    // A canvas beyond a browser's limit comes back empty without a word; a JPEG cannot be transparent.
    return kind === 'JPEG' ? noCanvas(bitmap.width, bitmap.height) : throughWebGl(bitmap);
  } finally {
    bitmap.close();
  }
}

const noOffscreen = (kind: string) =>
  fail(
    imageFault(
      'unsupported',
      `This browser is too old to decode a ${kind} in the background (it has no OffscreenCanvas). Use a newer one, or convert the image to PNG.`,
      {},
    ),
  );

function through2d(bitmap: ImageBitmap): Result<Raster> {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) return noCanvas(width, height);
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return ok({ width, height, channels: 4, data: new Uint8Array(data.buffer) });
}

const noCanvas = (width: number, height: number) =>
  fail(
    fault('out-of-memory', `The browser gives no canvas of ${width} x ${height} pixels. Make the image smaller.`, {
      width,
      height,
    }),
  );

function throughWebGl(bitmap: ImageBitmap): Result<Raster> {
  const { width, height } = bitmap;
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!gl || gl.getParameter(gl.MAX_TEXTURE_SIZE) < Math.max(width, height)) {
    return fail(
      imageFault(
        'unsupported',
        'This image has transparency that this browser cannot give exactly. Convert it to PNG.',
        {
          width,
          height,
        },
      ),
    );
  }
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  gl.framebufferTexture2D(
    gl.FRAMEBUFFER,
    gl.COLOR_ATTACHMENT0,
    gl.TEXTURE_2D,
    gl.getParameter(gl.TEXTURE_BINDING_2D),
    0,
  );
  const data = new Uint8Array(width * height * 4);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, data);
  gl.getExtension('WEBGL_lose_context')?.loseContext(); // contexts are few; the next image needs one
  return ok({ width, height, channels: 4, data });
}
