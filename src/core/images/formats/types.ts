import { fail, fault, type Fault, type Result } from '../../fault.ts';
import type { Orientation } from '../orientation.ts';
import type { PixelPolicy, Raster } from '../types.ts';

/** What the first bytes of a file say of the image in it, read before anything is decoded or allocated. */
export interface ImageHeader {
  /** Stored size, before any orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** Four components (CMYK), which browsers and Pillow turn into RGB a level apart. */
  readonly cmyk: boolean;
  /** More than one frame: only the first is used. */
  readonly animated: boolean;
}

/** A picture as it is stored in its file, before alpha and orientation, with what must be said of it. */
export interface Stored {
  readonly raster: Raster;
  readonly notes: readonly string[];
  /** How it lies, where that shows only when the file is unpacked; else the header says it. */
  readonly orientation?: Orientation;
}

/** What decoding needs and `src/core` may not have: the browser, and a library. The pixel worker gives them (workers/pixels). */
export interface DecodeTools {
  /** The browser's own decoder, nothing changed on the way. The bytes must hold no EXIF: browsers turn the picture by it whatever is asked. */
  browser(bytes: Uint8Array, format: Pick<ImageFormat, 'label' | 'mime'>): Promise<Result<Raster>>;
  /** The values of a PNG that holds nothing but its picture, one a channel; below 8 bits packed. Throws where they cannot be unpacked. */
  unpackPng(bytes: Uint8Array): ArrayLike<number>;
  /** A zlib stream inflated, as far as it goes; null where it is none. */
  inflate(bytes: Uint8Array): Uint8Array | null;
}

/** One image format: how its files are known, how their header is read, and how they are decoded. */
export interface ImageFormat {
  /** As people name it, and as messages do: "PNG". */
  readonly label: string;
  /** Its media type. */
  readonly mime: string;
  /** Endings of its files, lower case, without the dot, the likeliest first. */
  readonly endings: readonly string[];
  /** Whether a file begins as one of this format; names prove nothing. */
  begins(bytes: Uint8Array): boolean;
  /** Reads the header, before anything is allocated. */
  readHeader(bytes: Uint8Array): Result<ImageHeader>;
  /** The picture as stored; its header has been read already. */
  decode(bytes: Uint8Array, alpha: PixelPolicy['alpha'], tools: DecodeTools): Promise<Result<Stored>>;
}

/** A decoded raster about which nothing need be said. */
export const plain = (r: Result<Raster>): Result<Stored> =>
  r.ok ? { ok: true, value: { raster: r.value, notes: [] } } : r;

/** Whether bytes begin so. */
export const startsWith = (bytes: Uint8Array, codes: readonly number[]): boolean =>
  codes.every((c, i) => bytes[i] === c);

/** A copy in which the names of metadata blocks are overwritten, so that a browser passes them by. */
export function blanked(bytes: Uint8Array, starts: readonly number[]): Uint8Array {
  if (starts.length === 0) return bytes;
  const copy = bytes.slice();
  for (const at of starts) copy.fill(0x58, at, at + 4);
  return copy;
}

/** Why an image cannot be used. */
export type ImageTrouble = 'empty' | 'not-an-image' | 'truncated' | 'corrupt' | 'too-large' | 'unsupported';

/** A fault about an image file; `facts.trouble` names its kind. */
export function imageFault(trouble: ImageTrouble, message: string, facts: Fault['facts'] = {}): Fault {
  const code = trouble === 'unsupported' || trouble === 'too-large' ? 'unsupported' : 'unreadable';
  return fault(code, message, { trouble, ...facts });
}

export const refuse = (trouble: ImageTrouble, message: string, facts?: Fault['facts']) =>
  fail(imageFault(trouble, message, facts));

export const truncated = (kind: string) =>
  refuse('truncated', `The ${kind} file is truncated (incomplete): its end is missing. Copy or export it again.`);

export const corrupt = (kind: string, what: string) =>
  refuse('corrupt', `The ${kind} file is damaged (corrupt): ${what}. Copy or export it again.`);

/** A view for reading numbers, and ASCII. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export function ascii(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}
