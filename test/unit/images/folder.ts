import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import * as v from 'valibot';
import { CaseSchema, type Case, type CaseOf } from '../../support/conformance/case.ts';
import type { Raster } from '../../../src/core/images/types.ts';

/** The project's own cases, in the format of every other folder of cases. */
export const FOLDER = join(import.meta.dirname, '..', '..', 'pixels');

const List = v.object({ cases: v.array(CaseSchema) });

export function casesOf<Op extends Case['op']>(op: Op): readonly CaseOf<Op>[] {
  const { cases } = v.parse(List, JSON.parse(readFileSync(join(FOLDER, 'cases.json'), 'utf8')));
  return cases.filter((c): c is CaseOf<Op> => c.op === op);
}

export const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(join(FOLDER, path)));

/** An 8-bit PNG of the folder; grey has one channel, and what has alpha has four. */
export function pictureOf(path: string): Raster {
  const png = decode(bytesOf(path));
  const { channels } = png;
  if (png.depth !== 8 || png.palette || channels === 2) throw new Error(`${path} is not a plain PNG of 8 bits`);
  if (channels !== 1 && channels !== 3 && channels !== 4) throw new Error(`${path} has ${channels} channels`);
  return { width: png.width, height: png.height, channels, data: Uint8Array.from(png.data) };
}

export function floatsOf(path: string): Float32Array {
  const bytes = bytesOf(path);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}
