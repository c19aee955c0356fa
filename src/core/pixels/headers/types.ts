import { fail, fault, type Fault } from '../../fault.ts';
import type { Orientation } from '../orientation.ts';

/** What the first bytes of a file say of the image in it, read before anything is decoded or allocated. */
export interface ImageHeader {
  readonly format: 'png' | 'jpeg' | 'gif' | 'webp' | 'bmp';
  /** Stored size, before any orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** Four components (CMYK), which browsers and Pillow turn into RGB a level apart. */
  readonly cmyk: boolean;
  /** More than one frame: only the first is used. */
  readonly animated: boolean;
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
